import assert from 'node:assert/strict';
import type { Operation } from '../../../dev/object-store/operation.js';
import { type ErrorCode, hasCode } from '../../../src/domain/errors.js';
import type { CopyRequest } from '../../../src/integrations/object-store/object-store.js';
import { chooseRequests } from '../../../src/integrations/object-store/choose-requests.js';
import { createS3Client, type S3ClientOptions } from '../../../src/integrations/object-store/s3-client.js';
import { createS3ObjectStore } from '../../../src/integrations/object-store/s3-object-store.js';
import { newSite, oddKeys } from '../../support/copy-jobs.js';
import { storeAccess } from '../../support/servers.js';
import { describeForEachStore, type TestStore } from '../../support/test-store.js';

const gate = (): void => undefined;
const noHeaders = { system: {}, metadata: {} };

const motoCannot = {
  keys: ['reads objects with every kind of key'],
  preconditions: ['fails with source_changed when the source has another ETag'],
  faults: [
    'fails a copy in time when no attempt is answered',
    'retries ListObjectsV2 after 503 and a reset',
    'retries HeadObject after 503 and a reset',
    'retries PutObject after 503 and a reset',
    'retries DeleteObjects after 503 and a reset',
    'retries HeadBucket after 503 and a reset',
    'retries a listing whose answer is cut',
    'requests a listing again when the first answer is late',
    "repeats a HEAD once with the store's time, also when many are sent at once",
    'repeats a HEAD at most once when the store refuses it for another reason',
  ],
  signatures: [
    'fails with store_access_denied for an unknown key',
    'fails with store_access_denied for a wrong secret',
  ],
};

describeForEachStore('createS3ObjectStore', motoCannot, (startTestStore, kind) => {
  let store: TestStore;
  before(async () => {
    store = await startTestStore();
  });
  afterEach(() => {
    store.server.faults.reset();
  });
  after(() => store.close());

  const fails =
    (code: ErrorCode, ...words: string[]) =>
    (error: unknown): boolean => {
      assert.ok(hasCode(error, code), String(error));
      for (const word of words) assert.ok(error.message.includes(word), error.message);
      return true;
    };

  describe('listPage', () => {
    it('lists a thousand keys a page', async () => {
      await store.putSite('many/', newSite(Array.from({ length: 1_001 }, (_, at) => `${at}`.padStart(4, '0'))));
      const request = { bucket: store.bucket, prefix: 'many/' };
      const first = await store.store.listPage(request);
      assert.equal(first.objects.length, 1_000);
      const second = await store.store.listPage({ ...request, continuation: first.next ?? '' });
      assert.deepEqual(
        second.objects.map(({ key }) => key),
        ['many/1000'],
      );
      assert.equal(second.next, null);
    });

    it('lists sizes, ETags without quotes, and modification times', async () => {
      await store.put('one/a', { body: 'abc' });
      const list = async () => (await store.store.listPage({ bucket: store.bucket, prefix: 'one/' })).objects;
      const [object] = await list();
      const { modifiedAt, ...content } = object ?? assert.fail('the listing is empty');
      assert.deepEqual(content, { key: 'one/a', size: 3, etag: '900150983cd24fb0d6963f7d28e17f72' });
      assert.ok(Number.isSafeInteger(modifiedAt));
      assert.equal((await list())[0]?.modifiedAt, modifiedAt);
    });
  });

  describe('listPage with a slow store', () => {
    it('requests a listing again when the first answer is late', async () => {
      await store.put('late/a', { body: 'abc' });
      const match = { operation: 'ListObjectsV2' } as const;
      store.server.faults.addRule({ match, action: { kind: 'hang' }, times: 1 });
      const hasty = createS3ObjectStore({
        client: store.client,
        requests: store.requests,
        attempts: { maxAttempts: 2, timeout: 1_000, backoff: 1 },
      });
      const { objects } = await hasty.listPage({ bucket: store.bucket, prefix: 'late/' });
      assert.deepEqual(
        objects.map(({ key }) => key),
        ['late/a'],
      );
    });
  });

  describe('the method `head`', () => {
    it('reads ETag, size and headers of an object', async () => {
      const headers = {
        system: { 'content-type': 'text/html', expires: '-1', 'content-language': 'de' },
        metadata: { mtime: '1' },
      };
      await store.put('head/a', { body: 'abc', headers });
      assert.deepEqual(await store.store.head({ bucket: store.bucket, key: 'head/a' }), {
        etag: '900150983cd24fb0d6963f7d28e17f72',
        size: 3,
        headers,
        isEtagDigest: true,
      });
    });

    it('reads objects with every kind of key', async () => {
      await store.putSite('head-odd/', newSite(oddKeys));
      for (const key of oddKeys) {
        assert.ok(await store.store.head({ bucket: store.bucket, key: `head-odd/${key}` }), key);
      }
    });

    it('returns null for an object that does not exist', async () => {
      assert.equal(await store.store.head({ bucket: store.bucket, key: 'nothing' }), null);
    });
  });

  describe('the method `copy`', () => {
    const request = (changes: Partial<CopyRequest>): CopyRequest => ({
      bucket: store.bucket,
      sourceKey: 'copy/a',
      destinationKey: 'copy/b',
      source: { etag: '900150983cd24fb0d6963f7d28e17f72', size: 3 },
      headers: noHeaders,
      acl: null,
      gate,
      ...changes,
    });

    it('replaces all headers and returns the ETag of the copy', async () => {
      await store.put('copy/a', { body: 'abc', headers: { metadata: { old: 'x' } } });
      const headers = { system: { 'content-type': 'text/css' }, metadata: { new: 'y' } };
      const { etag } = await store.store.copy(request({ headers }));
      assert.equal(etag, '900150983cd24fb0d6963f7d28e17f72');
      assert.deepEqual(await store.read('copy/b'), { body: 'abc', headers });
    });

    it('fails with source_changed when the source has another ETag', async () => {
      await store.put('copy/a', { body: 'abcd' });
      await assert.rejects(store.store.copy(request({ destinationKey: 'copy/c' })), fails('source_changed', 'copy/a'));
      assert.equal(await store.store.head({ bucket: store.bucket, key: 'copy/c' }), null);
    });

    it('fails with source_changed when the source does not exist', async () => {
      await assert.rejects(store.store.copy(request({ sourceKey: 'copy/gone' })), fails('source_changed', 'copy/gone'));
    });

    it('fails a copy in time when no attempt is answered', async () => {
      await store.put('copy/a', { body: 'abc' });
      store.server.faults.addRule({ match: { operation: 'CopyObject' }, action: { kind: 'hang' } });
      const hasty = createS3ObjectStore({
        client: store.client,
        requests: store.requests,
        attempts: { maxAttempts: 2, timeout: 50, backoff: 1 },
      });
      await assert.rejects(hasty.copy(request({})), fails('store_unavailable', 'no answer within 50 ms'));
    });
  });

  describe('the methods `put` and `putEmpty`', () => {
    it('writes an empty object with its headers', async () => {
      const headers = {
        system: { 'content-type': 'x/y', 'cache-control': 'no-cache' },
        metadata: { a: 'b' },
      };
      await store.store.putEmpty({ bucket: store.bucket, key: 'empty', headers, acl: 'public-read', gate });
      assert.deepEqual(await store.read('empty'), { body: '', headers });
    });

    it('writes an object with its content, byte for byte, and its headers', async () => {
      const headers = { system: { 'content-type': 'text/html; charset=utf-8' }, metadata: { a: 'b' } };
      const body = Buffer.from('<p>Grüße 🚀\r\n');
      await store.store.put({ bucket: store.bucket, key: 'page', body, headers, acl: 'public-read', gate });
      assert.deepEqual(await store.read('page'), { body: body.toString(), headers });
    });

    it('writes nothing that the gate forbids', async () => {
      const reason = new Error('overtaken');
      const forbid = (): never => {
        throw reason;
      };
      const request = { bucket: store.bucket, key: 'forbidden', body: Buffer.from('x'), headers: noHeaders };
      await assert.rejects(store.store.put({ ...request, acl: null, gate: forbid }), (error) => error === reason);
      assert.equal(await store.store.head({ bucket: store.bucket, key: 'forbidden' }), null);
    });
  });

  describe('checkBucket', () => {
    it('accepts a bucket that exists', async () => {
      await store.store.checkBucket({ bucket: store.bucket });
    });

    it('fails with bucket_missing when the bucket does not exist', async () => {
      await assert.rejects(store.store.checkBucket({ bucket: 'nowhere' }), fails('bucket_missing', 'nowhere'));
    });
  });

  describe('HEAD requests to a store whose clock is an hour ahead', () => {
    // New clients, which have not seen the store's time.
    const fresh = (credentials: S3ClientOptions['credentials'] = storeAccess.credentials) => {
      const client = createS3Client({ endpoint: store.server.url, region: storeAccess.region, credentials });
      const requests = chooseRequests(kind, client);
      const attempts = { maxAttempts: 5, backoff: 1 };
      return {
        headed: createS3ObjectStore({ client, requests, attempts }),
        close: () => {
          requests.destroy();
          client.destroy();
        },
      };
    };
    const headsOf = async (work: () => Promise<unknown>): Promise<number> =>
      (await store.record(work)).filter(({ method }) => method === 'HEAD').length;

    it("repeats a HEAD once with the store's time, also when many are sent at once", async () => {
      await store.put('head/a', { body: 'abc' });
      store.server.faults.setClockOffset(3_600_000);
      const { headed, close } = fresh();
      const sent = await headsOf(async () => {
        const all = Array.from({ length: 20 }, () => headed.head({ bucket: store.bucket, key: 'head/a' }));
        for (const found of await Promise.all(all)) assert.equal(found?.size, 3);
        await headed.checkBucket({ bucket: store.bucket });
      });
      assert.ok(sent <= 42, `${sent} HEADs`);
      close();
    });

    it('repeats a HEAD at most once when the store refuses it for another reason', async () => {
      store.server.faults.setClockOffset(3_600_000);
      const { headed, close } = fresh({ ...storeAccess.credentials, secretAccessKey: 'wrong' });
      for (const most of [2, 1]) {
        const sent = await headsOf(() =>
          assert.rejects(headed.head({ bucket: store.bucket, key: 'head/a' }), fails('store_access_denied')),
        );
        assert.ok(sent <= most, `${sent} HEADs`);
      }
      close();
    });
  });

  describe('wrong credentials', () => {
    for (const [what, credentials] of Object.entries({
      'an unknown key': { accessKeyId: 'UNKNOWN', secretAccessKey: 'x' },
      'a wrong secret': { ...storeAccess.credentials, secretAccessKey: 'wrong' },
    })) {
      it(`fails with store_access_denied for ${what}`, async () => {
        const client = createS3Client({
          endpoint: store.server.url,
          region: storeAccess.region,
          credentials,
        });
        const requests = chooseRequests(kind, client);
        const other = createS3ObjectStore({ client, requests });
        await assert.rejects(
          other.listPage({ bucket: store.bucket, prefix: 'a/' }),
          fails('store_access_denied', 'AWS_ACCESS_KEY_ID'),
        );
        await assert.rejects(other.checkBucket({ bucket: store.bucket }), fails('store_access_denied'));
        requests.destroy();
        client.destroy();
      });
    }
  });

  describe('retried requests', () => {
    const requests: readonly (readonly [Operation, () => Promise<unknown>])[] = [
      ['ListObjectsV2', () => store.store.listPage({ bucket: store.bucket, prefix: 'retry/' })],
      ['HeadObject', () => store.store.head({ bucket: store.bucket, key: 'retry/a' })],
      [
        'PutObject',
        () => store.store.putEmpty({ bucket: store.bucket, key: 'retry/e', headers: noHeaders, acl: null, gate }),
      ],
      ['DeleteObjects', () => store.store.deleteMany({ bucket: store.bucket, keys: ['retry/e'], gate })],
      ['HeadBucket', () => store.store.checkBucket({ bucket: store.bucket })],
    ];
    for (const [operation, send] of requests) {
      it(`retries ${operation} after 503 and a reset`, async () => {
        const match = { operation };
        store.server.faults.addRule({
          match,
          action: { kind: 'error', status: 503, code: 'SlowDown' },
          times: 1,
        });
        store.server.faults.addRule({
          match,
          action: { kind: 'reset', when: 'before-work' },
          after: 1,
          times: 1,
        });
        const log = await store.record(send);
        assert.equal(log.length, 3);
      });
    }

    it('retries a listing whose answer is cut', async () => {
      await store.putSite('retry/', newSite(['a', 'b']));
      store.server.faults.addRule({
        match: { operation: 'ListObjectsV2' },
        action: { kind: 'reset', when: 'mid-body' },
        times: 1,
      });
      const { objects } = await store.store.listPage({ bucket: store.bucket, prefix: 'retry/' });
      assert.equal(objects.length, 2);
    });
  });
});
