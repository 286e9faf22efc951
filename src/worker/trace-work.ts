import type { ActivityInterceptorsFactory, WorkerOptions } from '@temporalio/worker';
import type { Tracing } from '../observability/tracing/open-telemetry.js';

/** What workers need in order to be traced. */
export interface WorkTracing {
  readonly activity: readonly ActivityInterceptorsFactory[];
  /** What the spans of workflows come out of their sandbox by. */
  readonly sinks: NonNullable<WorkerOptions['sinks']>;
}

/** Traces workflows and activities as parts of the traces that woke them. Loads nothing where nothing is traced. */
export async function traceWork(tracing: Tracing | null): Promise<WorkTracing | null> {
  if (tracing === null) return null;
  const library = await import('@temporalio/interceptors-opentelemetry/lib/worker/index.js');
  return {
    activity: [(context) => ({ inbound: new library.OpenTelemetryActivityInboundInterceptor(context) })],
    sinks: { exporter: library.makeWorkflowExporter(tracing.processor, tracing.resource) },
  };
}
