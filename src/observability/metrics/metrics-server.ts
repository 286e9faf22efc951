import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, type Registry } from 'prom-client';
import type { Logger } from '../logger.js';

/** What a metrics server tells of. */
export interface MetricsServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly registry: Registry;
  /** Metrics in Prometheus' text that others register. @default none */
  readonly more?: () => Promise<string>;
  /** Why the process can do no more work; null while it can. @default never */
  readonly failure?: () => string | null;
  readonly logger: Logger;
}

/** A server of metrics that listens. */
export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves `/metrics` to Prometheus and `/healthz` to whoever supervises the process, on a port of their own, so that
 * neither is ever open to who may use the API. Registers what is known of the process itself (`process_*`, `nodejs_*`).
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { host, port, registry, logger } = options;
  collectDefaultMetrics({ register: registry });
  const server = createServer((request, response) => void answer(options, request, response));
  server.listen(port, host);
  await once(server, 'listening');
  const bound = server.address() as AddressInfo; // no pipe: it listens on a port
  logger.info({ address: bound }, 'metrics are served');
  return {
    port: bound.port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  { registry, more, failure, logger }: MetricsServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const say = (status: number, body: string, type = 'text/plain; charset=utf-8'): void => {
    response.writeHead(status, { 'content-type': type }).end(request.method === 'HEAD' ? '' : body);
  };
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    say(405, 'Only GET and HEAD are answered here.\n');
    return;
  }
  try {
    const path = request.url?.split('?')[0];
    if (path === '/metrics') {
      const parts = await Promise.all([registry.metrics(), more?.()]);
      say(200, parts.join('\n'), registry.contentType);
    } else if (path === '/healthz') {
      const reason = failure?.() ?? null;
      say(reason === null ? 200 : 503, `${reason ?? 'ok'}\n`);
    } else say(404, 'There are /metrics and /healthz here.\n');
  } catch (error) {
    logger.warn({ err: error }, 'metrics could not be told');
    say(500, 'The metrics could not be read; the log says why.\n');
  }
}
