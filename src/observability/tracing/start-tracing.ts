import type { Tracing } from './open-telemetry.js';

/** Who is traced, and where that is sent. */
export interface TracingOptions {
  /** The base of an OTLP/HTTP collector, without a slash at its end; null: nothing is traced. */
  readonly tracesEndpoint: string | null;
  /** The program, as traces name it. */
  readonly service: string;
  readonly version: string;
}

/**
 * Begins to trace this process; call it before anything connects. Where nothing is to be traced nothing of
 * OpenTelemetry is loaded, so that it costs nothing.
 */
export async function startTracing({ tracesEndpoint, ...about }: TracingOptions): Promise<Tracing | null> {
  if (tracesEndpoint === null) return null;
  const { createOpenTelemetry } = await import('./open-telemetry.js');
  return createOpenTelemetry({ ...about, endpoint: tracesEndpoint });
}
