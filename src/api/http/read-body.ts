import type { IncomingMessage } from 'node:http';
import { LtdError } from '../../domain/errors.js';

/** A body may have this many bytes and no more. */
export const largestBody = 1024 * 1024;

/** Of a body that is too large this much more is read away, so that its sender gets to read our answer. */
const politelyDiscarded = 16 * largestBody;

/**
 * The JSON body of a request, whatever value it holds.
 *
 * @throws {LtdError} `payload_too_large`, `unsupported_media_type`, or `invalid` for what is not JSON in UTF-8.
 */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  if (declaredLength(request) > largestBody) throw tooLarge(request);
  assertJson(request);
  return parse(await readBytes(request));
}

function declaredLength(request: IncomingMessage): number {
  return Number(request.headers['content-length'] ?? 0);
}

function assertJson(request: IncomingMessage): void {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((one) => /^\s*charset="?([^"\s]*)"?\s*$/.exec(one)?.[1]).find(Boolean);
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (!/^application\/(json|[a-z0-9!#$&^_.-]+\+json)$/.test(type.trim()))
    throw unsupported('The Content-Type of the request must be application/json.');
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')
    throw unsupported('The charset of the request must be utf-8.');
  if (encoding !== 'identity') throw unsupported('The body must be sent without a Content-Encoding.');
}

function unsupported(message: string): LtdError {
  return new LtdError('unsupported_media_type', message);
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Not destroyed when the loop is left: the answer goes out on the same connection.
  const stream: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  try {
    for await (const chunk of stream) {
      length += chunk.length;
      if (length > largestBody) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw new LtdError('invalid', 'The request ended before its body was whole.', { cause: error });
  }
  if (length > largestBody) throw tooLarge(request);
  return Buffer.concat(chunks);
}

function tooLarge(request: IncomingMessage): LtdError {
  discard(request);
  return new LtdError('payload_too_large', `The body is larger than ${largestBody} bytes (1 MiB).`);
}

/** Without this the connection would be reset under a client that is still sending, before it sees the answer. */
function discard(request: IncomingMessage): void {
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > politelyDiscarded) request.destroy();
  });
  request.on('error', () => undefined); // its sender went away, which is what it was told to do
  request.resume();
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'is not valid JSON' : 'is not valid UTF-8';
    throw new LtdError('invalid', `The body ${reason}: send a JSON object in UTF-8.`, { cause: error });
  }
}
