import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { formatAmzDate } from '../../../dev/object-store/amz-date.js';
import { parseRequestTarget, type QueryParameter } from '../../../dev/object-store/request-target.js';
import {
  canonicalRequest,
  type CredentialScope,
  deriveSigningKey,
  formatScope,
  requestStringToSign,
  signatureOf,
} from '../../../dev/object-store/sigv4.js';
import { credentials, region } from './store-fixture.js';

/** A request as it is sent, with path and query percent-encoded. */
export type RawRequest = {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
};

/** The answer to a raw request. */
export type RawResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
};

/** Sends a request unchanged, without a signature. Rejects when the connection breaks. */
export function sendRaw(
  endpoint: string,
  { method = 'GET', path, headers = {}, body }: RawRequest,
): Promise<RawResponse> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The parameters of a signature, except the request itself. */
export type SigningOptions = {
  readonly payloadHash?: string;
  readonly time?: number;
  readonly secretAccessKey?: string;
  readonly scope?: Partial<CredentialScope>;
};

/** Adds the headers of a Signature Version 4. */
export function signRequest(endpoint: string, request: RawRequest, options: SigningOptions = {}): RawRequest {
  const { method = 'GET', path, body = '' } = request;
  const amzDate = formatAmzDate(options.time ?? Date.now());
  const payloadHash = options.payloadHash ?? createHash('sha256').update(body).digest('hex');
  const scope = scopeOf(amzDate, options);
  const headers: Record<string, string> = {
    host: new URL(endpoint).host,
    'x-amz-content-sha256': payloadHash,
    'x-amz-date': amzDate,
    ...request.headers,
  };
  const target = parseRequestTarget(path);
  const signedHeaders = Object.keys(headers).sort();
  const header = (name: string): string | undefined => headers[name];
  const canonical = canonicalRequest({
    method,
    path: target.path,
    query: target.query,
    signedHeaders,
    header,
    payloadHash,
  });
  const signature = sign(canonical, { amzDate, scope, secretAccessKey: options.secretAccessKey });
  const credential = `${scope.accessKeyId}/${formatScope(scope)}`;
  const authorization =
    `AWS4-HMAC-SHA256 Credential=${credential}, ` + `SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`;
  return { ...request, headers: { ...headers, authorization } };
}

/** Signs and sends a request. */
export function sendSigned(endpoint: string, request: RawRequest, options: SigningOptions = {}): Promise<RawResponse> {
  return sendRaw(endpoint, signRequest(endpoint, request, options));
}

/** The path and query of a presigned address. `path` may have a query already. */
export function presign(
  endpoint: string,
  request: RawRequest,
  options: SigningOptions & { expiresSeconds?: number } = {},
): string {
  const { method = 'GET', path, headers = {} } = request;
  const amzDate = formatAmzDate(options.time ?? Date.now());
  const scope = scopeOf(amzDate, options);
  const signed: Record<string, string> = { host: new URL(endpoint).host, ...headers };
  const signedHeaders = Object.keys(signed).sort();
  const parameters: readonly QueryParameter[] = [
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${scope.accessKeyId}/${formatScope(scope)}`],
    ['X-Amz-Date', amzDate],
    ['X-Amz-Expires', String(options.expiresSeconds ?? 300)],
    ['X-Amz-SignedHeaders', signedHeaders.join(';')],
  ];
  const target = parseRequestTarget(path);
  const canonical = canonicalRequest({
    method,
    path: target.path,
    query: [...target.query, ...parameters],
    signedHeaders,
    header: (name) => signed[name],
    payloadHash: 'UNSIGNED-PAYLOAD',
  });
  const signature = sign(canonical, { amzDate, scope, secretAccessKey: options.secretAccessKey });
  const query = parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  return `${path}${path.includes('?') ? '&' : '?'}${query}&X-Amz-Signature=${signature}`;
}

function scopeOf(amzDate: string, options: SigningOptions): CredentialScope {
  const { accessKeyId } = credentials;
  return { accessKeyId, date: amzDate.slice(0, 8), region, service: 's3', ...options.scope };
}

function sign(
  canonical: string,
  by: { amzDate: string; scope: CredentialScope; secretAccessKey: string | undefined },
): string {
  const key = deriveSigningKey(by.secretAccessKey ?? credentials.secretAccessKey, by.scope);
  return signatureOf(key, requestStringToSign(canonical, by));
}

/** The `<Code>` of an error document. */
export function codeOf(response: RawResponse): string | undefined {
  return /<Code>([^<]*)<\/Code>/.exec(response.body)?.[1];
}
