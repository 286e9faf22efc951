import assert from 'node:assert/strict';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { codeOf, presign, sendRaw, sendSigned } from '../raw-request.js';
import { bucket, s3Failure, startStore, type StoreFixture } from '../store-fixture.js';

describe('GetObject and HeadObject', () => {
  let store: StoreFixture;
  let etag: string;
  const key = 'letters.txt';
  before(async () => {
    store = await startStore();
    const put = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: 'abcdefghij',
      ContentType: 'text/plain',
    });
    etag = (await store.client.send(put)).ETag ?? '';
  });
  after(() => store.close());

  const get = async (input: Partial<GetObjectCommandInput>): Promise<[string | undefined, string | undefined]> => {
    const found = await store.client.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...input }));
    return [await found.Body?.transformToString(), found.ContentRange];
  };

  it('serves ranges of an object', async () => {
    assert.deepEqual(await get({ Range: 'bytes=2-4' }), ['cde', 'bytes 2-4/10']);
    assert.deepEqual(await get({ Range: 'bytes=-2' }), ['ij', 'bytes 8-9/10']);
    assert.deepEqual(await get({}), ['abcdefghij', undefined]);
    await assert.rejects(get({ Range: 'bytes=10-' }), s3Failure(416, 'InvalidRange'));
  });

  it('honours If-Match and If-None-Match of a read', async () => {
    assert.equal((await get({ IfMatch: etag }))[0], 'abcdefghij');
    await assert.rejects(get({ IfMatch: '"x"' }), s3Failure(412, 'PreconditionFailed'));
    assert.equal((await get({ IfNoneMatch: '"x"' }))[0], 'abcdefghij');
    const path = `/${bucket}/${key}`;
    const unchanged = await sendSigned(store.server.url, { path, headers: { 'if-none-match': etag } });
    assert.equal(unchanged.status, 304);
    assert.equal(unchanged.headers['etag'], etag);
    assert.equal(unchanged.body, '');
  });

  it('honours If-Modified-Since and If-Unmodified-Since of a read', async () => {
    const { LastModified = new Date(NaN) } = await store.client.send(
      new HeadObjectCommand({ Bucket: bucket, Key: key }),
    );
    const earlier = new Date(LastModified.getTime() - 1000);
    assert.equal((await get({ IfModifiedSince: earlier }))[0], 'abcdefghij');
    assert.equal((await get({ IfUnmodifiedSince: LastModified }))[0], 'abcdefghij');
    await assert.rejects(get({ IfUnmodifiedSince: earlier }), s3Failure(412, 'PreconditionFailed'));
  });

  it('answers HEAD without a body, also for errors', async () => {
    const path = `/${bucket}/${key}`;
    const head = await sendSigned(store.server.url, { method: 'HEAD', path });
    assert.equal(head.headers['content-length'], '10');
    assert.equal(head.body, '');
    const missing = await sendSigned(store.server.url, { method: 'HEAD', path: `${path}x` });
    assert.deepEqual([missing.status, missing.body], [404, '']);
  });

  it('names the code and the resource of an error', async () => {
    const missing = await sendSigned(store.server.url, { path: `/${bucket}/no%26thing` });
    assert.equal(missing.status, 404);
    assert.equal(missing.headers['content-type'], 'application/xml');
    assert.match(missing.body, /^<\?xml .*\n<Error><Code>NoSuchKey<\/Code><Message>.*<Key>no&amp;thing<\/Key>/);
  });

  it('lets only a signed request override headers of the answer', async () => {
    const path = `/${bucket}/${key}?response-content-type=text%2Fcss`;
    const signed = await sendRaw(store.server.url, { path: presign(store.server.url, { path }) });
    assert.equal(signed.headers['content-type'], 'text/css');
  });

  it('answers a deletion equally whether the object exists or not', async () => {
    const target = { Bucket: bucket, Key: 'gone' };
    await store.client.send(new PutObjectCommand({ ...target, Body: 'x' }));
    for (let time = 0; time < 2; time += 1) {
      const { $metadata } = await store.client.send(new DeleteObjectCommand(target));
      assert.equal($metadata.httpStatusCode, 204);
    }
    await assert.rejects(store.client.send(new GetObjectCommand(target)), s3Failure(404, 'NoSuchKey'));
  });

  it('refuses unsupported operations instead of mistaking them for others', async () => {
    const tagging = await sendSigned(store.server.url, { path: `/${bucket}/${key}?tagging=` });
    assert.deepEqual([tagging.status, codeOf(tagging)], [501, 'NotImplemented']);
    const patch = await sendSigned(store.server.url, { method: 'PATCH', path: `/${bucket}/${key}` });
    assert.deepEqual([patch.status, codeOf(patch)], [405, 'MethodNotAllowed']);
    const garbled = await sendRaw(store.server.url, { path: `/${bucket}/%ff` });
    assert.deepEqual([garbled.status, codeOf(garbled)], [400, 'InvalidURI']);
  });
});
