import type { IncomingMessage } from 'node:http';
import { type Operation, operationOf } from './operation.js';
import { parseRequestTarget, type RequestTarget } from './request-target.js';

/** One request, as operations read it. */
export type S3Request = {
  readonly method: string;
  readonly operation: Operation;
  readonly target: RequestTarget;
  /** A header by lower-case name, as sent. */
  readonly header: (name: string) => string | undefined;
  /** Like `header`, but also reads `x-amz-…` from the query, where presigned addresses carry it. */
  readonly amzHeader: (name: string) => string | undefined;
  /** The first query parameter of that name. */
  readonly query: (name: string) => string | undefined;
  /** Names of all headers and hoisted `x-amz-…` query parameters, in lower case. */
  readonly headerNames: () => string[];
  /** The body from the socket. Ending the iteration early does not cut the connection. */
  readonly body: () => AsyncIterable<Buffer>;
};

/** Reads the request line and headers. Throws an S3Error for a target that the store does not serve. */
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

/** Node returns header bytes as Latin-1. This decodes them as UTF-8 when they are valid UTF-8. */
function fromWire(value: string): string {
  if (!/[\u0080-\u00ff]/.test(value)) return value;
  const bytes = Buffer.from(value, 'latin1');
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? value : text;
}
