import { createServer, type RequestListener, type Server } from 'node:http';
import { createOrigin, type OriginOptions } from './origin.js';
import { createPageCache, type PageCacheOptions } from './page-cache.js';
import { send } from './reply.js';
import { type PurgeAccess, servePurge } from './serve-purge.js';
import { type EdgeParts, serveReader } from './serve-reader.js';

export interface EdgeOptions {
  readonly origin: OriginOptions;
  readonly purge: PurgeAccess;
  /** Port for readers. @default 0: any free one */
  readonly port?: number;
  /** Port for purge calls. @default 0: any free one */
  readonly purgePort?: number;
  readonly cache?: PageCacheOptions;
  /** Larger objects are not cached. Bytes. @default 4 MiB */
  readonly maxCachedBytes?: number;
}

/** A running edge. */
export interface Edge {
  /** For readers, who name the product by their `Host` header. */
  readonly url: string;
  /** In place of Fastly's API. */
  readonly purgeUrl: string;
  close(): Promise<void>;
}

/**
 * Starts the server for readers: it serves a bucket's products like a site's CDN, with cache and purges. For
 * development and tests.
 */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const origin = createOrigin(options.origin);
  const cache = createPageCache(options.cache);
  const parts: EdgeParts = { origin, cache, maxCachedBytes: options.maxCachedBytes ?? 4 * 1024 ** 2 };
  const readers = await listen(options.port ?? 0, (request, response) => {
    void serveReader(parts, request)
      .then((reply) => send(response, reply, request.method ?? 'GET'))
      // A failure here comes after the headers: cut the connection, so that the reader does not accept a partial body.
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
