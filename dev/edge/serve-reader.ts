import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type Address, resolveAddress } from './address.js';
import { type Fetched, type Origin, OriginError } from './origin.js';
import type { PageCache } from './page-cache.js';
import { note, redirect, type Reply } from './reply.js';
import { type Found, showPage } from './show-page.js';

export interface EdgeParts {
  readonly origin: Origin;
  readonly cache: PageCache;
  /** Larger objects are not cached. Bytes. */
  readonly maxCachedBytes: number;
}

/** Answers a reader's request. */
export async function serveReader(parts: EdgeParts, request: IncomingMessage): Promise<Reply> {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return note(405, 'Method not allowed', 'Pages can be read: GET and HEAD.', { allow: 'GET, HEAD' });
  const [path, query] = splitTarget(request.url ?? '/');
  const host = request.headers.host ?? '';
  try {
    const address = resolveAddress(host, path);
    if (address === undefined)
      return note(404, 'No product', `Ask for http://<product>.localhost/, not for '${host}'.`);
    const toFolder = `http://${host}${path}/${query === undefined ? '' : `?${query}`}`;
    const found = await find(parts, address.key);
    if (found === undefined) return await notFound(parts, address);
    if (found.page.redirect !== undefined) return follow(found, toFolder);
    return await showPage(found, request.headers, (range) => parts.origin.fetch(address.key, range));
  } catch (error) {
    return explain(error);
  }
}

function splitTarget(target: string): [path: string, query?: string] {
  const at = target.indexOf('?');
  return at < 0 ? [target] : [target.slice(0, at), target.slice(at + 1)];
}

function follow({ page, body }: Found, toFolder: string): Reply {
  if (!Buffer.isBuffer(body)) body.destroy();
  const { redirect: to, headers } = page;
  return redirect(typeof to === 'object' ? to.location : toFolder, headers['cache-control']);
}

function explain(error: unknown): Reply {
  if (error instanceof URIError) return note(400, 'Bad address', 'The path is not well percent-encoded UTF-8.');
  if (error instanceof OriginError)
    return note(error.status, 'The site cannot be read now', error.message, { 'retry-after': '1' });
  throw error;
}

/** Returns the page from the cache, or else from the store, and caches it if it may. */
async function find(parts: EdgeParts, key: string): Promise<Found | undefined> {
  const kept = parts.cache.find(key);
  if (kept !== undefined) return { page: kept, body: kept.body, hit: true };
  const fill = parts.cache.beginFill(key);
  try {
    const fetched = await parts.origin.fetch(key);
    if (fetched === undefined) return undefined;
    const { page, body } = fetched;
    if (page.size > parts.maxCachedBytes) return { page, body, hit: false };
    const content = await readAll(fetched);
    fill.keep(page, content);
    return { page, body: content, hit: false };
  } finally {
    fill.drop();
  }
}

async function readAll({ page, body }: Fetched): Promise<Buffer> {
  const content = await buffer(body).catch((error: unknown) => {
    throw new OriginError(503, error);
  });
  if (content.length === page.size) return content;
  throw new OriginError(503, new Error(`it sent ${content.length} of ${page.size} bytes`));
}

/** Returns the site's own page for a missing one, if it has one. */
async function notFound(parts: EdgeParts, address: Address): Promise<Reply> {
  const own = await find(parts, address.notFoundKey);
  if (own === undefined || own.page.redirect !== undefined)
    return note(404, 'Page not found', `The product ${address.product} has no such page.`);
  const { page, body } = own;
  // Without validators, because it is no version of the requested page.
  const kept = Object.entries(page.headers).filter(([name]) => name.startsWith('content-'));
  const headers = { ...Object.fromEntries(kept), 'cache-control': 'no-cache' };
  return { status: 404, headers, body, length: page.size };
}
