import { type RecordingServer, startRecordingServer } from './recording-server.js';

/** A received span. */
export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** Attributes by name, as text. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A stand-in for an OpenTelemetry collector: a real HTTP server that stores OTLP's JSON. */
export interface OtlpReceiver extends Pick<RecordingServer, 'url' | 'close'> {
  spans(): readonly ReceivedSpan[];
}

/** The used parts of OTLP's JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). */
interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

interface OtlpSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly Attribute[];
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Starts an {@link OtlpReceiver} on a free port; close it in the file's `after`. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const server = await startRecordingServer();
  server.replyWith({ status: 200, body: '{}' });
  return {
    url: server.url,
    close: () => server.close(),
    spans: () =>
      server.requests
        .filter(({ path }) => path === '/v1/traces')
        .flatMap(({ body }) => spansOf(JSON.parse(body) as ExportRequest)),
  };
}

function spansOf({ resourceSpans }: ExportRequest): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = valuesOf(resource.attributes)['service.name'] ?? '';
    return scopeSpans
      .flatMap(({ spans }) => spans)
      .map(({ name, traceId, spanId, parentSpanId, attributes }) => ({
        service,
        name,
        traceId,
        spanId,
        parentSpanId,
        attributes: valuesOf(attributes),
      }));
  });
}

function valuesOf(attributes: readonly Attribute[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]));
}
