import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { S3Client } from '@aws-sdk/client-s3';
import {
  createPresignedPost,
  type PresignedPost,
  type PresignedPostOptions,
} from '@aws-sdk/s3-presigned-post';
import { formatAmzDate } from '../../../dev/object-store/amz-date.js';
import type { ObjectStoreOptions, ObjectStoreServer } from '../../../dev/object-store/options.js';
import { parseRequestTarget, type QueryParameter } from '../../../dev/object-store/request-target.js';
import {
  canonicalRequest,
  type CredentialScope,
  deriveSigningKey,
  formatScope,
  requestStringToSign,
  signatureOf,
} from '../../../dev/object-store/sigv4.js';
import { startObjectStore } from '../../../dev/object-store/start-object-store.js';
import { temporaryFolder } from '../../../dev/temporary-folder.js';

/** The key, region and bucket of every store here. */
export const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' } as const;
export const region = 'us-east-1';
export const bucket = 'docs';

/** A store in a new folder, with one empty bucket, and the real client. */
export type StoreFixture = {
  readonly server: ObjectStoreServer;
  readonly client: S3Client;
  readonly dataDir: string;
  readonly close: () => Promise<void>;
};

/** Starts a store. What `options` leaves out is as in production's S3. */
export async function startStore(options: Partial<ObjectStoreOptions> = {}): Promise<StoreFixture> {
  const dataDir = options.dataDir ?? (await temporaryFolder('object-store'));
  const server = await startObjectStore({
    credentials: [credentials],
    region,
    buckets: [{ name: bucket }],
    ...options,
    dataDir,
  });
  const client = createClient(server.url);
  return {
    server,
    client,
    dataDir,
    close: async () => {
      client.destroy();
      await server.close();
    },
  };
}

/** The SDK's client, which tries everything once. */
export function createClient(
  endpoint: string,
  changes: { secretAccessKey?: string; accessKeyId?: string } = {},
): S3Client {
  return new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { ...credentials, ...changes },
  });
}

/** The address and fields of a browser form, signed by the SDK. */
export function presignPost(client: S3Client, options: PresignedPostOptions): Promise<PresignedPost> {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the package has the client's type from its own copy
  return createPresignedPost(client, options);
}

/** A request as it goes over the wire, path and query percent-encoded. */
export type RawRequest = {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
};

export type RawResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
};

/** Sends a request as it is, without a signature. Rejects when the connection breaks. */
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

/** How to sign: everything but the request itself. */
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
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`;
  return { ...request, headers: { ...headers, authorization } };
}

/** Signs and sends. */
export function sendSigned(
  endpoint: string,
  request: RawRequest,
  options: SigningOptions = {},
): Promise<RawResponse> {
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

/** What `assert.rejects` compares an error of the SDK with. */
export function s3Failure(status: number, code: string): (error: unknown) => boolean {
  return (error) => {
    const found = describeFailure(error);
    if (found === `${status} ${code}`) return true;
    throw new Error(`Expected ${status} ${code}, got ${found}`, { cause: error });
  };
}

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const metadata: unknown = Reflect.get(error, '$metadata');
  const status: unknown =
    typeof metadata === 'object' && metadata !== null ? Reflect.get(metadata, 'httpStatusCode') : undefined;
  return `${String(status)} ${error.name}`;
}

/** The `<Code>` of an error document. */
export function codeOf(response: RawResponse): string | undefined {
  return /<Code>([^<]*)<\/Code>/.exec(response.body)?.[1];
}
