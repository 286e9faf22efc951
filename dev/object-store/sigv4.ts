import { createHmac, hash } from 'node:crypto';
import { uriEncode, uriEncodePath } from './percent-encoding.js';
import type { QueryParameter } from './request-target.js';

/** The only algorithm that the store accepts. */
export const signatureAlgorithm = 'AWS4-HMAC-SHA256';

/** The scope of a credential: `<key id>/<date>/<region>/s3/aws4_request`. */
export type CredentialScope = {
  readonly accessKeyId: string;
  /** `YYYYMMDD`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
};

/** Parses `<key id>/<date>/<region>/<service>/aws4_request`; a key id may contain slashes. */
export function parseCredentialScope(credential: string): CredentialScope | undefined {
  const parts = credential.split('/');
  const [date, region, service, terminator] = parts.slice(-4);
  const accessKeyId = parts.slice(0, -4).join('/');
  if (accessKeyId === '' || date === undefined || region === undefined || service === undefined) return undefined;
  return terminator === 'aws4_request' ? { accessKeyId, date, region, service } : undefined;
}

/** Returns the scope without its key id, as signatures use it. */
export function formatScope({ date, region, service }: CredentialScope): string {
  return `${date}/${region}/${service}/aws4_request`;
}

/** SHA-256 in lower-case hex. */
export function sha256Hex(data: string | Buffer): string {
  return hash('sha256', data, 'hex');
}

/** HMAC-SHA-256 in lower-case hex: the last step of every signature. */
export function signatureOf(signingKey: Buffer, stringToSign: string): string {
  return createHmac('sha256', signingKey).update(stringToSign).digest('hex');
}

const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** Derives the key of a day, region and service. */
export function deriveSigningKey(secretAccessKey: string, scope: Omit<CredentialScope, 'accessKeyId'>): Buffer {
  const dated = hmac(`AWS4${secretAccessKey}`, scope.date);
  return hmac(hmac(hmac(dated, scope.region), scope.service), 'aws4_request');
}

/** The most signing keys in the cache, one a day. Only tests that move the clock need more than one. */
const maxCachedKeys = 100;

/** {@link deriveSigningKey} with a cache: four HMACs per request would be half the cost of a copy. */
export function createSigningKeyCache(): typeof deriveSigningKey {
  const keys = new Map<string, Buffer>();
  return (secretAccessKey, scope) => {
    const id = `${formatScope({ accessKeyId: '', ...scope })} ${secretAccessKey}`;
    const known = keys.get(id);
    if (known !== undefined) return known;
    if (keys.size >= maxCachedKeys) keys.clear();
    const derived = deriveSigningKey(secretAccessKey, scope);
    keys.set(id, derived);
    return derived;
  };
}

/** The signed parts of a request. */
export type SignedRequest = {
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  /** Decoded, without `X-Amz-Signature`. */
  readonly query: readonly QueryParameter[];
  readonly signedHeaders: readonly string[];
  readonly header: (name: string) => string | undefined;
  readonly payloadHash: string;
};

/** The canonical request (AWS: Signature Version 4, "Create a canonical request"; S3 does not normalise the path). */
export function canonicalRequest(request: SignedRequest): string {
  const headers = request.signedHeaders
    .map((name) => `${name}:${(request.header(name) ?? '').trim().replace(/ {2,}/g, ' ')}\n`)
    .join('');
  return [
    request.method,
    uriEncodePath(request.path),
    canonicalQuery(request.query),
    headers,
    request.signedHeaders.join(';'),
    request.payloadHash,
  ].join('\n');
}

function canonicalQuery(query: readonly QueryParameter[]): string {
  if (query.length === 0) return '';
  // Encoded text is ASCII, so comparing strings compares bytes. Compare names first, so that `a-b` does not sort
  // between `a` and `a=`.
  const pairs = query.map(([name, value]) => [uriEncode(name), uriEncode(value)] as const);
  pairs.sort(([nameA, valueA], [nameB, valueB]) =>
    nameA === nameB ? compareAscii(valueA, valueB) : compareAscii(nameA, nameB),
  );
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

const compareAscii = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function requestStringToSign(canonical: string, signing: { amzDate: string; scope: CredentialScope }): string {
  return [signatureAlgorithm, signing.amzDate, formatScope(signing.scope), sha256Hex(canonical)].join('\n');
}
