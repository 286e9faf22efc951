import { S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost, type PresignedPost, type PresignedPostOptions } from '@aws-sdk/s3-presigned-post';
import type { ObjectStoreOptions, ObjectStoreServer } from '../../../dev/object-store/options.js';
import { startObjectStore } from '../../../dev/object-store/start-object-store.js';
import { temporaryFolder } from '../../../dev/temporary-folder.js';

/** The key of every store in these tests. */
export const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' } as const;
/** The default region of stores in these tests. */
export const region = 'us-east-1';
/** The bucket of every store in these tests. */
export const bucket = 'docs';

/** A store in a new folder, with one empty bucket, and the AWS SDK's client. */
export type StoreFixture = {
  readonly server: ObjectStoreServer;
  readonly client: S3Client;
  readonly dataDir: string;
  readonly close: () => Promise<void>;
};

/** Starts a store. Options that are left out are as in production's S3. */
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

/** The SDK's client, which attempts each request once. */
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
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- a copy of the client's type
  return createPresignedPost(client, options);
}

/** The expected SDK error for `assert.rejects`. */
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
