import type { IncomingMessage } from 'node:http';
import { type Operation, operationOf } from './operation.js';
import { parseRequestTarget, type RequestTarget } from './request-target.js';

/** One request, as operations see it. */
export type S3Request = {
  readonly method: string;
  readonly operation: Operation;
  readonly target: RequestTarget;
  /** A header by lower-case name, as sent. */
  readonly header: (name: string) => string | undefined;
  /** As `header`; an `x-amz-…` one may also stand in the query, where presigned addresses carry it. */
  readonly amzHeader: (name: string) => string | undefined;
  /** The first query parameter of that name. */
  readonly query: (name: string) => string | undefined;
  /** Names of all headers and hoisted `x-amz-…` query parameters, in lower case. */
  readonly headerNames: () => string[];
  /** The body as it comes from the socket. Leaving it early does not cut the connection. */
  readonly body: () => AsyncIterable<Buffer>;
};

/** Reads the request line and headers of a request. Throws an S3Error when it addresses nothing the store serves. */
export function readRequest(message: IncomingMessage): S3Request {
  const method = message.method ?? 'GET';
  const target = parseRequestTarget(message.url ?? '/');
  const header = headerReader(message);
  const query = (name: string): string | undefined => target.query.find(([found]) => found === name)?.[1];
  const hoisted = (): (readonly [string, string])[] => {
    if (query('X-Amz-Signature') === undefined) return [];
    return target.query.map(([name, value]) => [name.toLowerCase(), value] as const);
  };
  const operation = operationOf({
    method,
    scope: target.bucket === undefined ? 'service' : target.key === undefined ? 'bucket' : 'object',
    hasQuery: (name) => target.query.length > 0 && query(name) !== undefined,
    isListV2: query('list-type') === '2',
    isCopy: header('x-amz-copy-source') !== undefined,
  });
  return {
    method,
    operation,
    target,
    header,
    query,
    amzHeader: (name) => header(name) ?? hoisted().find(([found]) => found === name)?.[1],
    headerNames: () => [
      ...Object.keys(message.headers),
      ...hoisted().flatMap(([name]) => (name.startsWith('x-amz-') ? [name] : [])),
    ],
    body: () => message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>,
  };
}

function headerReader(message: IncomingMessage): (name: string) => string | undefined {
  return (name) => {
    const value = message.headers[name];
    return typeof value === 'string' ? fromWire(value) : value?.join(',');
  };
}

/** Node hands header bytes over as Latin-1; bytes above 127 are UTF-8 where they can be read as such. */
function fromWire(value: string): string {
  if (!/[\u0080-\u00ff]/.test(value)) return value;
  const bytes = Buffer.from(value, 'latin1');
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? value : text;
}
