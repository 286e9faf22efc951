import { createServer, type RequestListener, type Server } from 'node:http';

/** A listening HTTP server. */
export type HttpServer = { readonly url: string; readonly close: () => Promise<void> };

/**
 * Connections that may wait for an accept. A copying client opens a thousand at once, and a dropped one costs a second.
 */
const maxBacklog = 4096;

/** Resolves once the server listens. `close` cuts open connections. */
export async function startHttpServer(
  listener: RequestListener,
  { host, port }: { host: string; port: number },
): Promise<HttpServer> {
  // An idle connection must outlast clients' pools; a large upload takes longer than any timeout.
  const server = createServer({ keepAliveTimeout: 120_000, requestTimeout: 0, noDelay: true }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: maxBacklog }, resolve);
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
