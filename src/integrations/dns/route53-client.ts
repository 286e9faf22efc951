import { Route53Client, type Route53ClientConfig } from '@aws-sdk/client-route-53';
import { createCredentialsProvider } from '../aws-credentials.js';
import type { S3ClientOptions } from '../object-store/s3-client.js';

/** Where the service is, if not at AWS, and how to sign in: to the same account as to the buckets. */
export type Route53ClientOptions = Pick<S3ClientOptions, 'endpoint' | 'region' | 'credentials'>;

/** How long a connection, and an answer, may take, in milliseconds. */
const limits = { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true };

/** A client that sends each request once: whoever uses it tries again, in the open. Call `destroy()` to close it. */
export function createRoute53Client({ endpoint, region, credentials }: Route53ClientOptions): Route53Client {
  const config: Route53ClientConfig = {
    maxAttempts: 1,
    requestHandler: limits,
    credentials: credentials ?? createCredentialsProvider(),
  };
  if (endpoint !== null) config.endpoint = endpoint;
  if (region !== null) config.region = region;
  return new Route53Client(config);
}
