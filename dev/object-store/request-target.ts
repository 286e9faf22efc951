import { percentDecode } from './percent-encoding.js';
import { S3Error } from './s3-error.js';

/** The target of a request line, path style: `/<bucket>/<key>?<query>`. */
export type RequestTarget = {
  /** The whole path, decoded. */
  readonly path: string;
  readonly bucket: string | undefined;
  /** Decoded but not normalised: `a//b` and `dir/` are keys. */
  readonly key: string | undefined;
  /** Parameters in the order sent, decoded. */
  readonly query: readonly QueryParameter[];
};

/** A decoded query parameter; one without `=` has an empty value. */
export type QueryParameter = readonly [name: string, value: string];

/** S3's limit on the UTF-8 length of a key. */
const maxKeyBytes = 1024;

/** Reads a request line. Throws `InvalidURI` or `KeyTooLongError`. */
export function parseRequestTarget(url: string): RequestTarget {
  const question = url.indexOf('?');
  const path = percentDecode(fromWire(question === -1 ? url : url.slice(0, question)));
  const query = question === -1 ? [] : parseQuery(fromWire(url.slice(question + 1)));
  const slash = path.indexOf('/', 1);
  const bucket = slash === -1 ? path.slice(1) : path.slice(1, slash);
  const key = slash === -1 ? '' : path.slice(slash + 1);
  if (key !== '') checkKey(key);
  return { path, bucket: bucket === '' ? undefined : bucket, key: key === '' ? undefined : key, query };
}

/** Throws `KeyTooLongError` for a key above 1,024 bytes. */
export function checkKey(key: string): void {
  // No UTF-16 code unit takes more than three bytes.
  const size = key.length * 3 <= maxKeyBytes ? 0 : Buffer.byteLength(key, 'utf8');
  if (size <= maxKeyBytes) return;
  throw new S3Error('KeyTooLongError', undefined, {
    Size: String(size),
    MaxSizeAllowed: String(maxKeyBytes),
  });
}

/** Node returns bytes above 127 as Latin-1; a client that did not escape them sent UTF-8. */
function fromWire(text: string): string {
  // eslint-disable-next-line no-control-regex -- the whole ASCII range
  return /^[\u0000-\u007f]*$/.test(text) ? text : Buffer.from(text, 'latin1').toString('utf8');
}

function parseQuery(raw: string): QueryParameter[] {
  return raw
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      if (equals === -1) return [percentDecode(part), ''];
      return [percentDecode(part.slice(0, equals)), percentDecode(part.slice(equals + 1))];
    });
}
