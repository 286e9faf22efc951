import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { DeleteObjectsCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { oddKeys } from '../odd-keys.js';
import { codeOf, sendSigned } from '../raw-request.js';
import { bucket, s3Failure, startStore, type StoreFixture } from '../store-fixture.js';

describe('DeleteObjects', () => {
  let store: StoreFixture;
  before(async () => {
    store = await startStore();
  });
  after(() => store.close());

  const remove = async (keys: readonly string[], Quiet?: boolean): Promise<(string | undefined)[] | undefined> => {
    const Delete = { Objects: keys.map((Key) => ({ Key })), ...(Quiet === undefined ? {} : { Quiet }) };
    const { Deleted } = await store.client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }));
    return Deleted?.map(({ Key }) => Key);
  };
  const remaining = async (): Promise<number | undefined> =>
    (await store.client.send(new ListObjectsV2Command({ Bucket: bucket }))).KeyCount;

  it('deletes objects with any key, and names each', async () => {
    for (const Key of oddKeys) await store.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }));
    assert.deepEqual(await remove(oddKeys), [...oddKeys]);
    assert.equal(await remaining(), 0);
  });

  it('also names keys that do not exist, except in quiet mode', async () => {
    assert.deepEqual(await remove(['missing']), ['missing']);
    assert.equal(await remove(['missing'], true), undefined);
  });

  it('accepts 1,000 keys and refuses 1,001', async () => {
    const keys = Array.from({ length: 1001 }, (_, index) => `&${index}<>`);
    assert.equal((await remove(keys.slice(1)))?.length, 1000);
    await assert.rejects(remove(keys), s3Failure(400, 'MalformedXML'));
  });

  it('refuses a body that is empty, malformed or without a checksum', async () => {
    const crc = { 'x-amz-sdk-checksum-algorithm': 'SHA256' };
    const send = (body: string, headers: Record<string, string>): ReturnType<typeof sendSigned> =>
      sendSigned(store.server.url, { method: 'POST', path: `/${bucket}?delete`, headers, body });
    for (const body of ['<Delete></Delete>', '<Delete>', '<Other><Object><Key>a</Key></Object></Other>']) {
      const checksum = createHash('sha256').update(body).digest('base64');
      assert.equal(codeOf(await send(body, { ...crc, 'x-amz-checksum-sha256': checksum })), 'MalformedXML');
    }
    assert.equal(codeOf(await send('<Delete><Object><Key>a</Key></Object></Delete>', {})), 'InvalidRequest');
  });
});
