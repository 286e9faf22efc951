import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { CopyObjectCommand, DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { bucket, startStore, type StoreFixture } from './store-fixture.js';

/** Versions of one object, each with one letter, its own size, and metadata that names it. */
const versions = ['a', 'b', 'c', 'd'].map((letter, index) => ({
  letter,
  body: letter.repeat(2_000_000 + index * 100_000),
}));

describe('concurrent readers and writers', () => {
  let store: StoreFixture;
  before(async () => {
    store = await startStore();
    for (const { letter, body } of versions) {
      const input = { Bucket: bucket, Key: `source-${letter}`, Body: body, Metadata: { letter } };
      await store.client.send(new PutObjectCommand(input));
    }
  });
  after(() => store.close());

  const readWhole = async (Key: string): Promise<string | undefined> => {
    const { Body, Metadata, ETag } = await store.client.send(new GetObjectCommand({ Bucket: bucket, Key }));
    const body = (await Body?.transformToString()) ?? '';
    const version = versions.find(({ letter }) => letter === Metadata?.['letter']);
    assert.equal(ETag, `"${createHash('md5').update(body).digest('hex')}"`);
    assert.ok(body === version?.body, `the body is not that of version ${String(version?.letter)}`);
    return version.letter;
  };

  it('shows readers one whole version: body, metadata and ETag', async () => {
    const target = { Bucket: bucket, Key: 'contested' };
    await store.client.send(new CopyObjectCommand({ ...target, CopySource: `${bucket}/source-a` }));
    let isWriting = true;
    const write = async (): Promise<void> => {
      for (let round = 0; round < 12; round += 1) {
        const { letter, body } = versions[round % versions.length] ?? { letter: '', body: '' };
        const input = { ...target, CopySource: `${bucket}/source-${letter}` };
        if (round % 2 === 0) await store.client.send(new CopyObjectCommand(input));
        else await store.client.send(new PutObjectCommand({ ...target, Body: body, Metadata: { letter } }));
      }
      isWriting = false;
    };
    const seen = new Set<string | undefined>();
    const readOn = async (): Promise<void> => {
      while (isWriting) seen.add(await readWhole('contested'));
    };
    await Promise.all([write(), readOn(), readOn(), readOn()]);
    assert.ok(seen.size > 1, 'the readers saw several versions');
  });

  it('completes reads when the object is replaced or deleted meanwhile', async () => {
    const target = { Bucket: bucket, Key: 'vanishing' };
    await store.client.send(new CopyObjectCommand({ ...target, CopySource: `${bucket}/source-a` }));
    const { Body } = await store.client.send(new GetObjectCommand(target));
    await store.client.send(new PutObjectCommand({ ...target, Body: 'other' }));
    await store.client.send(new DeleteObjectCommand(target));
    assert.ok((await Body?.transformToString()) === versions[0]?.body);
  });
});
