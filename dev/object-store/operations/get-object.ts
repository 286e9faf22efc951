import { type ByteRange, parseRange } from '../byte-range.js';
import { cutSlices } from '../content.js';
import type { Exchange, S3Response } from '../exchange.js';
import { propertyHeaders } from '../object-properties.js';
import { evaluateConditions, readConditions } from '../precondition.js';
import { S3Error } from '../s3-error.js';
import type { S3Request } from '../s3-request.js';
import type { StoredObject } from '../stored-object.js';
import { checksumHeaders, requireObject } from './put-object.js';

/** GetObject and HeadObject. The server leaves the body out of an answer to HEAD. */
export function getObject(exchange: Exchange): S3Response {
  const { request } = exchange;
  const object = requireObject(exchange);
  const validators = {
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.lastModified).toUTCString(),
  };
  const outcome = evaluateConditions(readConditions(request.header), object);
  if (outcome === 'failed') throw new S3Error('PreconditionFailed');
  if (outcome === 'not-modified') return { status: 304, headers: validators };
  const range = requestedRange(request, object);
  const { start, end } = range ?? { start: 0, end: object.size };
  const headers: Record<string, string> = {
    ...propertyHeaders(object),
    ...validators,
    ...overriddenHeaders(exchange),
    'accept-ranges': 'bytes',
    'content-length': String(end - start),
  };
  if (request.header('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED' && range === undefined) {
    Object.assign(headers, checksumHeaders(object.checksum));
  }
  if (range !== undefined) headers['content-range'] = `bytes ${start}-${end - 1}/${object.size}`;
  if (request.query('partNumber') !== undefined) {
    headers['x-amz-mp-parts-count'] = String(object.partSizes?.length ?? 1);
  }
  return { status: range === undefined ? 200 : 206, headers, body: cutSlices(object.slices, start, end) };
}

function requestedRange(request: S3Request, object: StoredObject): ByteRange | undefined {
  const part = request.query('partNumber');
  return part === undefined ? parseRange(request.header('range'), object.size) : partRange(Number(part), object);
}

function partRange(number: number, { partSizes, size }: StoredObject): ByteRange | undefined {
  const sizes = partSizes ?? [size];
  const length = sizes[number - 1];
  if (length === undefined) throw new S3Error('InvalidRange', 'The requested partnumber is not satisfiable');
  const start = sizes.slice(0, number - 1).reduce((sum, each) => sum + each, 0);
  // An empty part has no bytes for Content-Range.
  return length === 0 ? undefined : { start, end: start + length };
}

const headerOverrides = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

/** `response-content-type=…` and the like, which S3 allows in signed requests only. */
function overriddenHeaders({ request, caller }: Exchange): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of headerOverrides) {
    const value = request.query(`response-${name}`);
    if (value === undefined) continue;
    if (caller.kind === 'anonymous') {
      throw new S3Error(
        'InvalidRequest',
        'Request specific response headers cannot be used for anonymous GET requests.',
      );
    }
    headers[name] = value;
  }
  return headers;
}
