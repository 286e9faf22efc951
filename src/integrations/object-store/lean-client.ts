import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Deadline } from './deadline.js';
import { type LeanEndpoint, resolveLeanEndpoint } from './lean-endpoint.js';
import { createLeanTransport, type LeanAnswer } from './lean-transport.js';
import { isErrorDocument, parseError } from './s3-xml.js';
import { createSigner, type HeaderList, sha256, type Signer } from './sigv4.js';
import { StoreClock } from './store-clock.js';
import { userAgent } from './user-agent.js';

/** A request to a bucket, before it is signed. */
export interface UnsignedRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  /** Percent-encoded; undefined for the bucket itself. */
  readonly key?: string;
  /** As `sigv4.ts` wants it. */
  readonly query?: string;
  /** Taken over: more are added, and all are sorted. */
  readonly headers?: HeaderList;
  readonly body?: string;
}

/** Signs and sends requests to one bucket, once each. */
export type LeanSend = (request: UnsignedRequest, deadline: Deadline) => Promise<LeanAnswer>;

/** Hand-signed requests over connections of their own; the SDK's client says where they go and who signs. */
export interface LeanClient {
  /**
   * The way to a bucket; null where only the SDK knows to sign for it. An answer that is an error, also one inside a
   * 200, is thrown as the SDK would.
   */
  open(bucket: string): Promise<LeanSend | null>;
  destroy(): void;
}

const emptyHash = sha256('');

/** Builds the client on the SDK's, which is kept for all else. */
export function createLeanClient(client: S3Client): LeanClient {
  const transport = createLeanTransport();
  const clock = new StoreClock();
  const credentialsCache = createCredentialsCache(client);
  const buckets = new Map<string, Promise<LeanSend | null>>();
  const resolve = async (bucket: string): Promise<LeanSend | null> => {
    const endpoint = await resolveLeanEndpoint(client, bucket);
    if (endpoint === null) return null;
    const sign = createSigner(endpoint.region);
    return async (request, deadline) => {
      const credentials = credentialsCache.recent() ?? (await credentialsCache.ask());
      if (deadline.passed !== null) throw deadline.passed;
      const signedAt = clock.now();
      const signed = signRequest({ endpoint, sign, credentials, amzDate: clock.amzDate(signedAt) }, request);
      const answer = await transport.send(signed, deadline);
      const error = errorOf(answer);
      if (error === null) return answer;
      const answeredAt = Date.parse(answer.headers.get('date') ?? '');
      clock.learn(error, { method: request.method, status: answer.status, signedAt, answeredAt });
      throw error;
    };
  };
  return {
    open: (bucket) => {
      let known = buckets.get(bucket);
      if (known === undefined) {
        known = resolve(bucket);
        buckets.set(bucket, known);
        // Not for ever: a region can be configured late, a provider can be away for a moment.
        known.catch(() => buckets.delete(bucket));
      }
      return known;
    },
    destroy: () => {
      transport.destroy();
    },
  };
}

type Credentials = Awaited<ReturnType<S3Client['config']['credentials']>>;

/** The SDK's credentials: it asks their providers again before they expire, but takes a dozen promises to say so. */
interface CredentialsCache {
  /** What it said a second ago at most and has not expired; undefined where there is none. */
  recent(): Credentials | undefined;
  ask(): Promise<Credentials>;
}

function createCredentialsCache(client: S3Client): CredentialsCache {
  let known: { readonly credentials: Credentials; readonly until: number } | undefined;
  return {
    recent: () => (known !== undefined && Date.now() < known.until ? known.credentials : undefined),
    ask: async () => {
      const credentials = await client.config.credentials();
      known = {
        credentials,
        until: Math.min(Date.now() + 1_000, credentials.expiration?.getTime() ?? Infinity),
      };
      return credentials;
    },
  };
}

interface Signing {
  readonly endpoint: LeanEndpoint;
  readonly sign: Signer;
  readonly credentials: Credentials;
  readonly amzDate: string;
}

function signRequest({ endpoint, sign, credentials, amzDate }: Signing, request: UnsignedRequest) {
  const { method, key = '', query = '', headers = [], body = null } = request;
  const path = `${endpoint.basePath}/${key}`;
  const payloadHash = body === null ? emptyHash : sha256(body);
  headers.push('host', endpoint.host, 'x-amz-content-sha256', payloadHash, 'x-amz-date', amzDate);
  // As the AWS SDK does, send no header for an empty token.
  if (credentials.sessionToken !== undefined && credentials.sessionToken !== '')
    headers.push('x-amz-security-token', credentials.sessionToken);
  const authorization = sign({ method, path, query, headers, payloadHash }, credentials, amzDate);
  headers.push('authorization', authorization, 'user-agent', userAgent());
  return {
    origin: endpoint.origin,
    method,
    path: query === '' ? path : `${path}?${query}`,
    headers,
    body,
  };
}

/** An answer that is an error, as the SDK would throw it; null for any other. */
function errorOf({ status, body }: LeanAnswer): Error | null {
  return status >= 200 && status < 300 && !isErrorDocument(body) ? null : parseError(status, body);
}

/** The value of `content-md5`: the one checksum of a body that every store knows. */
export function contentMd5(body: string): string {
  return createHash('md5').update(body).digest('base64');
}
