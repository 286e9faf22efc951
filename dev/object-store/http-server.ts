import { createServer, type RequestListener, type Server } from 'node:http';

/** A listening HTTP server. */
export type HttpServer = { readonly url: string; readonly close: () => Promise<void> };

/**
 * Connections that may wait to be accepted: clients that copy open a thousand at once, and a dropped one costs a
 * second.
 */
const BACKLOG = 4096;

/** Listens, and resolves once it does. `close` cuts the connections that are still open. */
export async function startHttpServer(
  listener: RequestListener,
  { host, port }: { host: string; port: number },
): Promise<HttpServer> {
  // An idle connection must outlast the pools of clients, and a large upload any deadline.
  const server = createServer({ keepAliveTimeout: 120_000, requestTimeout: 0, noDelay: true }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: BACKLOG }, resolve);
  });
  return { url: urlOf(server, host), close: () => stop(server) };
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  server.closeAllConnections();
  await closed;
}
