import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BlobStore } from './blob-store.js';
import { readSlices } from './content.js';
import type { S3Response } from './exchange.js';
import { S3Error } from './s3-error.js';
import type { Slice } from './stored-object.js';
import { element } from './xml.js';

/** The store reads smaller bodies before the answer begins, so that a failing disk is still a 500. */
const maxReadAheadBytes = 1024 * 1024;

/** Returns S3's answer to any failure: 500 for an error other than S3Error. */
export function errorResponse(error: unknown, resource: string): S3Response {
  const known =
    error instanceof S3Error
      ? error
      : new S3Error('InternalError', error instanceof Error ? error.message : String(error));
  return errorDocument(known, { ...known.details, Resource: resource });
}

/** An S3 error document with its status. */
export function errorDocument(
  error: { status: number; code: string; message: string },
  details: Readonly<Record<string, string>>,
): S3Response {
  const more = Object.entries(details).map(([name, value]) => element(name, value));
  const inner = [element('Code', error.code), element('Message', error.message), ...more].join('');
  return {
    status: error.status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner}</Error>`,
  };
}

export type RespondOptions = {
  readonly blobs: BlobStore;
  readonly method: string;
  readonly requestId: string;
  /** The store's time in milliseconds since the epoch: clients adjust their clocks to the answer's `Date`. */
  readonly now: number;
  /** Cut the connection after half of the body. */
  readonly isCutShort: boolean;
};

/** Sends an answer. Rejects when it cannot read the body, or the connection breaks first. */
export async function respond(response: ServerResponse, answer: S3Response, options: RespondOptions): Promise<void> {
  const { status, body = '' } = answer;
  const headers = {
    date: new Date(options.now).toUTCString(),
    'x-amz-request-id': options.requestId,
    ...lengthHeader(answer),
    ...answer.headers,
  };
  // 204, 304 and answers to HEAD have no body.
  if (options.method === 'HEAD' || status === 204 || status === 304) {
    response.writeHead(status, headers).end();
    return;
  }
  const bytes = typeof body === 'string' ? body : await readAhead(options.blobs, body);
  response.writeHead(status, headers);
  if (options.isCutShort) {
    const half = bytes === undefined ? Buffer.alloc(1) : bytes.slice(0, bytes.length >> 1);
    response.write(half, () => response.destroy());
  } else if (bytes !== undefined) {
    response.end(bytes);
  } else {
    await pipeline(Readable.from(readSlices(options.blobs, body as readonly Slice[])), response);
  }
}

function lengthHeader({ status, body = '' }: S3Response): Record<string, string> {
  if (status === 204 || status === 304) return {};
  return { 'content-length': String(typeof body === 'string' ? Buffer.byteLength(body) : sizeOf(body)) };
}

function sizeOf(slices: readonly Slice[]): number {
  return slices.reduce((sum, { length }) => sum + length, 0);
}

/** The bytes of a small body; `undefined` for a larger one, which the caller streams. */
async function readAhead(blobs: BlobStore, slices: readonly Slice[]): Promise<Buffer | undefined> {
  if (sizeOf(slices) > maxReadAheadBytes) return undefined;
  const parts = await Promise.all(slices.map(blobs.readWhole));
  const [only, ...others] = parts;
  return only !== undefined && others.length === 0 ? only : Buffer.concat(parts);
}
