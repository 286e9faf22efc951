import { createRequire } from 'node:module';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry/lib/client/index.js';

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

/** Asked every few seconds by machines. */
const quiet = new Set(['/metrics', '/healthz', '/readyz']);

/**
 * Traces by OpenTelemetry: requests that the process answers, those that it sends by Node's client or by undici, and
 * what Temporal's interceptors tell.
 */
export function createOpenTelemetry({
  endpoint,
  service,
  version,
}: Readonly<Record<'endpoint' | 'service' | 'version', string>>): Tracing {
  const about = { 'service.name': service, 'service.version': version };
  const resource = new Resource({ ...Resource.default().attributes, ...about });
  const processor = new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint}/v1/traces` }));
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  const unregister = registerInstrumentations({
    tracerProvider: provider,
    instrumentations: [httpInstrumentation(), new UndiciInstrumentation()],
  });
  // Node's HTTP is patched when it is asked for next, and all of our modules have it already.
  createRequire(import.meta.url)('http');
  return {
    client: [new OpenTelemetryWorkflowClientInterceptor()],
    processor,
    resource,
    shutdown: async () => {
      unregister();
      await provider.shutdown();
    },
  };
}

function httpInstrumentation(): HttpInstrumentation {
  return new HttpInstrumentation({
    ignoreIncomingRequestHook: ({ url = '' }) => quiet.has(url.split('?')[0] ?? ''),
    applyCustomAttributesOnSpan: (span, _request, response) => {
      const requestId = 'getHeader' in response ? response.getHeader('x-request-id') : undefined;
      if (typeof requestId === 'string') span.setAttribute('ltd.request_id', requestId);
    },
  });
}
