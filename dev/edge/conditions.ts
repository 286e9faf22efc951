import type { IncomingHttpHeaders } from 'node:http';
import { type ByteRange, parseRange } from '../object-store/byte-range.js';
import { S3Error } from '../object-store/s3-error.js';
import type { Page } from './page.js';

/** Whether the reader already has this page, so that the answer is 304 (RFC 9110, 13.1.2 and 13.1.3). */
export function isUnchanged(page: Page, request: IncomingHttpHeaders): boolean {
  const { etag, 'last-modified': modified } = page.headers;
  const match = request['if-none-match'];
  if (match !== undefined) return match.trim() === '*' || (etag !== undefined && lists(match, etag));
  const since = request['if-modified-since'];
  return since !== undefined && modified !== undefined && Date.parse(modified) <= Date.parse(since);
}

/** The requested range; undefined for the whole page, `unsatisfiable` for a range outside of it. */
export function rangeOf(page: Page, request: IncomingHttpHeaders): ByteRange | 'unsatisfiable' | undefined {
  const { range, 'if-range': condition } = request;
  if (range === undefined) return undefined;
  // Ignore a range of another version than the reader has.
  const { etag, 'last-modified': modified } = page.headers;
  if (condition !== undefined && condition !== etag && condition !== modified) return undefined;
  try {
    return parseRange(range, page.size);
  } catch (error) {
    if (error instanceof S3Error) return 'unsatisfiable';
    throw error;
  }
}

function lists(header: string, etag: string): boolean {
  const bare = (tag: string): string => tag.trim().replace(/^W\//, '');
  return header.split(',').some((tag) => bare(tag) === bare(etag));
}
