import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { InitialBucket, ObjectStoreServer } from '../../dev/object-store/options.js';
import type { LogEntry } from '../../dev/object-store/request-log.js';
import type { StoreFaults } from '../../dev/object-store/store-faults.js';
import { startObjectStore } from '../../dev/object-store/start-object-store.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { s3Clients } from '../../src/config/settings/object-store.js';
import type { S3ClientKind } from '../../src/config/settings/object-store.js';
import type { ObjectHeaders } from '../../src/domain/object-headers.js';
import { chooseRequests } from '../../src/integrations/object-store/choose-requests.js';
import type { ObjectStore } from '../../src/integrations/object-store/object-store.js';
import { createS3Client } from '../../src/integrations/object-store/s3-client.js';
import { headerInput, headersOf } from '../../src/integrations/object-store/s3-headers.js';
import { createS3ObjectStore } from '../../src/integrations/object-store/s3-object-store.js';
import type { S3Requests } from '../../src/integrations/object-store/s3-requests.js';
import { motoAccess } from './moto.js';
import { storeAccess, testMoto } from './servers.js';

/** The part size in tests of the multipart copy, far below S3's 5 MiB. */
export const testPartSize = 16;

/** An object as a test writes it. */
export interface TestObject {
  readonly body: string;
  readonly headers?: Partial<ObjectHeaders>;
}

/** An object as a test reads it. */
export interface FoundObject {
  readonly body: string;
  readonly headers: ObjectHeaders;
}

/** A folder's objects by their keys within it. */
export type Site = Readonly<Record<string, TestObject>>;

/** An object store with one bucket for one test file, which may make it fail. */
export interface TestStore {
  readonly server: ObjectStoreServer;
  readonly bucket: string;
  readonly client: S3Client;
  readonly requests: S3Requests;
  /** The adapter under test, with three quick attempts per request. */
  readonly store: ObjectStore;
  put(key: string, object: TestObject): Promise<void>;
  putSite(prefix: string, site: Site): Promise<void>;
  delete(key: string): Promise<void>;
  /** All objects under a prefix, by keys without it, in listing order; read without the code under test. */
  readSite(prefix: string): Promise<Record<string, FoundObject>>;
  read(key: string): Promise<FoundObject>;
  /** Runs some work; returns the store's requests meanwhile, in the order of arrival. */
  record(work: () => Promise<unknown>): Promise<readonly LogEntry[]>;
  close(): Promise<void>;
}

/** Options of a test's store; those of its bucket are the object store's. */
export interface TestStoreOptions extends Partial<Omit<InitialBucket, 'name'>> {
  /** @default lean, as in production */
  readonly kind?: S3ClientKind;
}

/** Starts a {@link TestStore}; close it in the file's `after`. */
export type StartTestStore = (options?: Partial<Omit<InitialBucket, 'name'>>) => Promise<TestStore>;

/** Describes the same behaviour once for each client, since it must not depend on the client. */
export function describeForEachClient(title: string, tests: (start: StartTestStore, kind: S3ClientKind) => void): void {
  for (const kind of s3Clients) {
    describe(`${title} (${kind} client)`, () => {
      tests((options) => startTestStore({ ...options, kind }), kind);
    });
  }
}

/** The reasons why moto cannot pass tests, and the titles of those tests. */
export type MotoCannot = Readonly<Partial<Record<keyof typeof motoLacks, readonly string[]>>>;

/** Features that moto lacks. */
export const motoLacks = {
  faults: 'it injects no faults',
  log: 'it keeps no log of requests',
  keys: 'it answers 404 for a key with a line break in it',
  preconditions: 'it ignores x-amz-copy-source-if-match',
  signatures: 'it checks no signatures',
  acls: 'it accepts ACLs where they are disabled',
} as const;

/**
 * Like {@link describeForEachClient}, and once more against moto, a server by other authors. Tests that it cannot pass
 * are named with the reason, and skipped.
 */
export function describeForEachStore(
  title: string,
  motoCannot: MotoCannot,
  tests: (start: StartTestStore, kind: S3ClientKind) => void,
): void {
  describeForEachClient(title, tests);
  describe(`${title} (lean client, at moto)`, () => {
    const named = new Set(Object.values(motoCannot).flat());
    beforeEach(function () {
      const test = this.currentTest?.title ?? '';
      if (named.has(test)) this.skip();
    });
    after(function () {
      const titles = new Set<string>();
      this.test?.parent?.eachTest((test) => titles.add(test.title));
      for (const name of named) assert.ok(titles.has(name), `There is no test "${name}" to skip at moto`);
    });
    tests(startMotoStore, 'lean');
  });
}

/** A {@link TestStore} at moto, which injects no faults and keeps no log. */
async function startMotoStore(): Promise<TestStore> {
  const { url } = await testMoto();
  const bucket = `test-${randomUUID()}`;
  const client = createS3Client({ endpoint: url, ...motoAccess });
  const requests = chooseRequests('lean', client);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const unable = (): never => {
    throw new Error('moto cannot do this: name the test as one that it cannot pass');
  };
  const faults = new Proxy({} as StoreFaults, {
    get: (_target, name) => (name === 'reset' ? () => undefined : unable),
  });
  return {
    server: { url, faults, close: () => Promise.resolve() },
    bucket,
    client,
    requests,
    store: createS3ObjectStore({ client, requests, attempts: { maxAttempts: 3, backoff: 4 } }),
    ...accessBySdk(client, bucket),
    record: unable,
    close: () => {
      requests.destroy();
      client.destroy();
      return Promise.resolve();
    },
  };
}

/** Starts a {@link TestStore}; close it in the file's `after`. */
export async function startTestStore(options: TestStoreOptions = {}): Promise<TestStore> {
  const { kind = 'lean', ...bucketOptions } = options;
  const bucket = 'docs';
  const server = await startObjectStore({
    dataDir: await temporaryFolder('test-store'),
    credentials: [storeAccess.credentials],
    region: storeAccess.region,
    buckets: [{ ...bucketOptions, name: bucket }],
    singleCopyLimit: 64 * testPartSize,
    minimumPartSize: testPartSize,
  });
  const client = createS3Client({ endpoint: server.url, ...storeAccess });
  const requests = chooseRequests(kind, client);
  const store = createS3ObjectStore({ client, requests, attempts: { maxAttempts: 3, backoff: 4 } });
  const sdk = accessBySdk(client, bucket);
  let seen = 0; // the last entry of the log so far, since reading all of it would take longer each time
  return {
    server,
    bucket,
    client,
    requests,
    store,
    ...sdk,
    record: async (work) => {
      const before = server.faults.log(seen).at(-1)?.sequence ?? seen;
      seen = before;
      await work();
      return server.faults.log(before).sort((a, b) => a.arrived - b.arrived);
    },
    close: async () => {
      requests.destroy();
      client.destroy();
      await server.close();
    },
  };
}

type SdkAccess = Pick<TestStore, 'put' | 'putSite' | 'delete' | 'readSite' | 'read'>;

/** The same access to any S3 server. */
export function accessBySdk(client: S3Client, bucket: string): SdkAccess {
  const put: SdkAccess['put'] = async (key, { body, headers = {} }) => {
    const input = headerInput({ system: headers.system ?? {}, metadata: headers.metadata ?? {} });
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(body), ...input }));
  };
  const readWhole = async (key: string): Promise<FoundObject> => {
    const found = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return { body: (await found.Body?.transformToString()) ?? '', headers: headersOf(found) };
  };
  const read: SdkAccess['read'] = async (key) => {
    await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })); // its error has another name than a GET's
    return await readWhole(key);
  };
  return {
    put,
    read,
    putSite: async (prefix, site) => {
      await inBatches(Object.entries(site), ([key, object]) => put(prefix + key, object));
    },
    delete: async (key) => {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
    readSite: async (prefix) => {
      const keys = await listKeys(client, bucket, prefix);
      const found = await inBatches(keys, async (key) => [key.slice(prefix.length), await readWhole(key)] as const);
      return Object.fromEntries(found);
    },
  };
}

/** The keys under a prefix, in listing order. */
export async function listKeys(client: S3Client, bucket: string, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for (let token: string | undefined, more = true; more; more = token !== undefined) {
    const page = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        EncodingType: 'url',
        ContinuationToken: token,
      }),
    );
    for (const { Key = '' } of page.Contents ?? []) {
      keys.push(decodeURIComponent(Key.replaceAll('+', ' ')));
    }
    token = page.NextContinuationToken;
  }
  return keys;
}

async function inBatches<T, U>(items: readonly T[], work: (item: T) => Promise<U>): Promise<U[]> {
  const results: U[] = [];
  for (let at = 0; at < items.length; at += 50) {
    results.push(...(await Promise.all(items.slice(at, at + 50).map(work))));
  }
  return results;
}
