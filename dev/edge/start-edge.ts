import { createServer, type RequestListener, type Server } from 'node:http';
import { createOrigin, type OriginOptions } from './origin.js';
import { createPageCache, type PageCacheOptions } from './page-cache.js';
import { send } from './reply.js';
import { type PurgeAccess, servePurge } from './serve-purge.js';
import { type EdgeParts, serveReader } from './serve-reader.js';

/** What the edge serves, and where. */
export interface EdgeOptions {
  readonly origin: OriginOptions;
  readonly purge: PurgeAccess;
  /** For readers. @default 0: any free one */
  readonly port?: number;
  /** For the purge calls. @default 0: any free one */
  readonly purgePort?: number;
  readonly cache?: PageCacheOptions;
  /** Larger objects pass through and are not kept. Bytes. @default 4 MiB */
  readonly largestKept?: number;
}

/** A running edge. */
export interface Edge {
  /** For readers, who name the product by their `Host` header. */
  readonly url: string;
  /** In the place of Fastly's API. */
  readonly purgeUrl: string;
  close(): Promise<void>;
}

/**
 * Starts the reader-facing server: it shows a bucket's products as the CDN of a real site would, cache and purges
 * included. For development and tests.
 */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const origin = createOrigin(options.origin);
  const cache = createPageCache(options.cache);
  const parts: EdgeParts = { origin, cache, largestKept: options.largestKept ?? 4 * 1024 ** 2 };
  const readers = await listen(options.port ?? 0, (request, response) => {
    void serveReader(parts, request)
      .then((reply) => send(response, reply, request.method ?? 'GET'))
      // What is left is a body that broke off, or a fault of ours: the reader must not take it for the whole.
      .catch(() => response.destroy());
  });
  const purges = await listen(options.purgePort ?? 0, (request, response) => {
    servePurge(cache, options.purge, { request, response });
  });
  return {
    url: urlOf(readers),
    purgeUrl: urlOf(purges),
    close: async () => {
      await Promise.all([close(readers), close(purges)]);
      origin.close();
    },
  };
}

async function listen(port: number, listener: RequestListener): Promise<Server> {
  const server = createServer(listener);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      resolve(server);
    });
  });
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The edge does not listen.');
  return `http://127.0.0.1:${address.port}`;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  server.closeAllConnections();
  await closed;
}
