import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { createCredentialsProvider } from '../aws-credentials.js';
import { keepExpires } from './s3-headers.js';
import { createPromptAgents } from './prompt-agents.js';
import { tellSkew } from './store-clock.js';
import { addUserAgent } from './user-agent.js';

/** Where the store is and how to sign in; what is null is left to the AWS SDK's own resolution. */
export interface S3ClientOptions {
  /** The address of a store that is not AWS; its buckets are addressed by path. */
  readonly endpoint: string | null;
  readonly region: string | null;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  } | null;
}

/**
 * How long a connection may take, in milliseconds: longer than one lost packet, shorter than the timeout of an
 * attempt, so that a host that is away is told from one that is slow.
 */
const connectionTimeout = 3_000;

/**
 * An S3 client that sends each request once: retries are ours, because a write may only be sent again while the
 * writer may still write. It opens as many connections as it is asked for, since a request that waited for one would
 * be sent later than it was allowed; whoever calls it bounds them. Call `destroy()` to close them.
 */
export function createS3Client(options: S3ClientOptions): S3Client {
  const config: S3ClientConfig = {
    maxAttempts: 1,
    requestHandler: { connectionTimeout, ...createPromptAgents(connectionTimeout) },
    // Stores that are not AWS often do not know the newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    cacheMiddleware: true,
    credentials: options.credentials ?? createCredentialsProvider(),
  };
  if (options.endpoint !== null) Object.assign(config, { endpoint: options.endpoint, forcePathStyle: true });
  if (options.region !== null) config.region = options.region;
  const client = new S3Client(config);
  keepExpires(client);
  addUserAgent(client);
  tellSkew(client);
  return client;
}
