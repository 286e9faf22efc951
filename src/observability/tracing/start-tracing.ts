import type { Resource } from '@opentelemetry/resources';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { WorkflowClientInterceptor } from '@temporalio/client';

/** The traces of this process. */
export interface Tracing {
  /** For the client of Temporal: whoever is started or woken is told of which trace it is a part. */
  readonly client: readonly WorkflowClientInterceptor[];
  /** Where spans go that others make, such as those of workflows, which come out of their sandbox. */
  readonly processor: SpanProcessor;
  /** What this process is. */
  readonly resource: Resource;
  /** Sends what is not sent yet. */
  shutdown(): Promise<void>;
}

/** Who is traced, and where that is sent. */
export interface TracingOptions {
  /** The base of an OTLP/HTTP collector, without a slash at its end; null: nothing is traced. */
  readonly tracesEndpoint: string | null;
  /** The program, as traces name it. */
  readonly service: string;
  readonly version: string;
}

/**
 * Begins to trace this process; call it before anything connects. Where nothing is to be traced nothing of OpenTelemetry
 * is loaded, so that it costs nothing.
 */
export async function startTracing({ tracesEndpoint, ...about }: TracingOptions): Promise<Tracing | null> {
  if (tracesEndpoint === null) return null;
  const { createOpenTelemetry } = await import('./open-telemetry.js');
  return createOpenTelemetry({ ...about, endpoint: tracesEndpoint });
}
