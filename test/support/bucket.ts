import { randomUUID } from 'node:crypto';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import type { StoreFaults } from '../../dev/object-store/store-faults.js';
import { storeAccess, testObjectStore } from './servers.js';

/** A bucket for one test file, with a client other than the one under test. */
export interface TestBucket {
  readonly name: string;
  /** Endpoint of the store, for path-style clients. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly client: S3Client;
  /** Makes the store slow or faulty; rules that name this bucket affect no other test file. */
  readonly faults: StoreFaults;
  /** Puts an object, as `text/plain` by default. */
  put(key: string, body: string | Uint8Array, headers?: ObjectHeaders): Promise<void>;
  /** The content of an object, as UTF-8. */
  read(key: string): Promise<string>;
  /** All keys below the prefix, in the order of the store. */
  keys(prefix?: string): Promise<string[]>;
  /** Closes the client. The bucket is deleted with the test run. */
  close(): void;
}

/** Optional properties of an object for `put`. */
export type ObjectHeaders = Omit<PutObjectCommandInput, 'Bucket' | 'Key' | 'Body'>;

/** Creates an empty bucket in the object store of the test run. */
export async function createTestBucket(): Promise<TestBucket> {
  const store = await testObjectStore();
  const client = new S3Client({ endpoint: store.url, forcePathStyle: true, ...storeAccess });
  const name = `test-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: name }));
  return {
    name,
    endpoint: store.url,
    ...storeAccess,
    client,
    faults: store.faults,
    put: async (key, body, headers) => {
      const object = { Bucket: name, Key: key, Body: Buffer.from(body), ContentType: 'text/plain' };
      await client.send(new PutObjectCommand({ ...object, ...headers }));
    },
    read: async (key) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: name, Key: key }));
      return (await Body?.transformToString()) ?? '';
    },
    keys: (prefix = '') => keysOf(client, name, prefix),
    close: () => {
      client.destroy();
    },
  };
}

async function keysOf(client: S3Client, bucket: string, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
    );
    keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return keys;
}
