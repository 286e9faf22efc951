import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { isUnchanged, rangeOf } from './conditions.js';
import { type Fetched, OriginError } from './origin.js';
import type { Page } from './page.js';
import type { Reply } from './reply.js';

/** A page with its content or a stream of it. */
export interface Found {
  readonly page: Page;
  readonly body: Buffer | Readable;
  /** Whether it came from the cache. */
  readonly hit: boolean;
}

/** Reads a part of the same object from the store; `range` is a header value. */
export type FetchPart = (range: string) => Promise<Fetched | undefined>;

/** Answers with the page, or by the reader's conditions with 304, a part (206), or no such part (416). */
export async function showPage(found: Found, request: IncomingHttpHeaders, fetchPart: FetchPart): Promise<Reply> {
  const { page, body } = found;
  const headers = {
    ...page.headers,
    'accept-ranges': 'bytes',
    'x-cache': found.hit ? 'HIT' : 'MISS',
  };
  if (isUnchanged(page, request)) return without(found, 304, headers);
  const range = rangeOf(page, request);
  if (range === undefined) return { status: 200, headers, body, length: page.size };
  if (range === 'unsatisfiable') return without(found, 416, { ...headers, 'content-range': `bytes */${page.size}` });
  const { start, end } = range;
  const bytes = `${start}-${end - 1}`;
  const partial = { ...headers, 'content-range': `bytes ${bytes}/${page.size}` };
  const length = end - start;
  if (Buffer.isBuffer(body)) return { status: 206, headers: partial, body: body.subarray(start, end), length };
  body.destroy();
  const part = await fetchPart(`bytes=${bytes}`);
  if (part?.page.headers['etag'] === page.headers['etag'] && part?.page.size === length)
    return { status: 206, headers: partial, body: part.body, length };
  part?.body.destroy();
  throw new OriginError(503, new Error('the object changed meanwhile'));
}

function without({ body }: Found, status: 304 | 416, headers: Record<string, string>): Reply {
  if (!Buffer.isBuffer(body)) body.destroy();
  return { status, headers, body: Buffer.alloc(0), length: 0 };
}
