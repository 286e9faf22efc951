import assert from 'node:assert/strict';
import {
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
  paginateListObjectsV2,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { oddKeys } from '../odd-keys.js';
import { codeOf, sendSigned } from '../raw-request.js';
import { bucket, s3Failure, startStore, type StoreFixture } from '../store-fixture.js';

const inByteOrder = (keys: readonly string[]): string[] =>
  [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

describe('ListObjects', () => {
  let store: StoreFixture;
  const tree = ['a', 'a-b/x', 'a/1', 'a/2', 'a/b/1', 'a/b/2', 'a0', 'b/', 'b/1', 'c'];
  const put = async (keys: readonly string[], prefix: string): Promise<void> => {
    for (const key of keys) {
      await store.client.send(new PutObjectCommand({ Bucket: bucket, Key: prefix + key, Body: 'x' }));
    }
  };
  before(async () => {
    store = await startStore();
    await put(
      oddKeys.filter((key) => Buffer.byteLength(key) < 1000),
      'odd/',
    );
    await put(tree, 'tree/');
    await put(
      Array.from({ length: 2345 }, (_, index) => `${index}`),
      'many/',
    );
  });
  after(() => store.close());

  const list = (input: Partial<ListObjectsV2CommandInput>): Promise<ListObjectsV2CommandOutput> =>
    store.client.send(new ListObjectsV2Command({ Bucket: bucket, ...input }));
  const keysOf = ({
    Contents = [],
  }: {
    Contents?: { Key?: string | undefined }[] | undefined;
  }): (string | undefined)[] => Contents.map(({ Key }) => Key);
  const prefixesOf = (page: {
    CommonPrefixes?: { Prefix?: string | undefined }[] | undefined;
  }): (string | undefined)[] => (page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix);
  const allPages = async (input: Partial<ListObjectsV2CommandInput>): Promise<ListObjectsV2CommandOutput[]> => {
    const pages: ListObjectsV2CommandOutput[] = [];
    for await (const page of paginateListObjectsV2({ client: store.client }, { Bucket: bucket, ...input })) {
      pages.push(page);
    }
    return pages;
  };

  it('lists keys in the order of their UTF-8 bytes', async () => {
    const expected = inByteOrder(oddKeys.filter((key) => Buffer.byteLength(key) < 1000)).map((key) => `odd/${key}`);
    assert.deepEqual(keysOf(await list({ Prefix: 'odd/' })), expected);
  });

  it('encodes keys on request, so that every key is readable', async () => {
    const page = await list({ Prefix: 'odd/', EncodingType: 'url' });
    const decoded = keysOf(page).map((key) => decodeURIComponent((key ?? '').replaceAll('+', ' ')));
    assert.deepEqual(decoded, keysOf(await list({ Prefix: 'odd/' })));
    assert.ok(keysOf(page).includes('odd/a+b+c.html'));
    assert.ok(keysOf(page).includes('odd/a%2Bb.html'));
    assert.equal(page.EncodingType, 'url');
    await assert.rejects(list({ EncodingType: 'rot13' as 'url' }), s3Failure(400, 'InvalidArgument'));
  });

  it('returns size, ETag and date of each object', async () => {
    const { Contents = [] } = await list({ Prefix: 'tree/a/1' });
    assert.equal(Contents[0]?.Size, 1);
    assert.equal(Contents[0].ETag, '"9dd4e461268c8034f5c8564e155c67a6"');
    assert.ok(Contents[0].LastModified instanceof Date);
    assert.equal(Contents[0].StorageClass, 'STANDARD');
  });

  it('returns at most 1,000 keys a page, and all keys over the pages', async () => {
    const pages = await allPages({ Prefix: 'many/' });
    assert.deepEqual(
      pages.map(({ KeyCount, IsTruncated }) => [KeyCount, IsTruncated]),
      [
        [1000, true],
        [1000, true],
        [345, false],
      ],
    );
    const expected = inByteOrder(Array.from({ length: 2345 }, (_, index) => `many/${index}`));
    assert.deepEqual(pages.flatMap(keysOf), expected);
    assert.equal((await list({ Prefix: 'many/', MaxKeys: 5000 })).MaxKeys, 1000);
  });

  it('returns pages of any size, also of none', async () => {
    for (const MaxKeys of [1, 3, 10]) {
      const pages = await allPages({ Prefix: 'tree/', MaxKeys });
      assert.deepEqual(pages.flatMap(keysOf), inByteOrder(tree.map((key) => `tree/${key}`)));
    }
    const empty = await list({ Prefix: 'tree/', MaxKeys: 0 });
    assert.deepEqual([empty.KeyCount, empty.IsTruncated], [0, false]);
  });

  it('starts after a given key', async () => {
    assert.deepEqual(keysOf(await list({ Prefix: 'tree/', StartAfter: 'tree/b/' })), ['tree/b/1', 'tree/c']);
    assert.deepEqual(keysOf(await list({ Prefix: 'tree/b', StartAfter: 'a' })), ['tree/b/', 'tree/b/1']);
    assert.deepEqual(keysOf(await list({ Prefix: 'tree/', StartAfter: 'u' })), []);
  });

  it('groups keys at a delimiter', async () => {
    const page = await list({ Prefix: 'tree/', Delimiter: '/' });
    assert.deepEqual(keysOf(page), ['tree/a', 'tree/a0', 'tree/c']);
    assert.deepEqual(prefixesOf(page), ['tree/a-b/', 'tree/a/', 'tree/b/']);
    assert.equal(page.KeyCount, 6);
  });

  it('counts a common prefix once, also over pages', async () => {
    for (const MaxKeys of [1, 2, 4]) {
      const pages = await allPages({ Prefix: 'tree/', Delimiter: '/', MaxKeys });
      assert.deepEqual(pages.flatMap(keysOf), ['tree/a', 'tree/a0', 'tree/c']);
      assert.deepEqual(pages.flatMap(prefixesOf), ['tree/a-b/', 'tree/a/', 'tree/b/']);
    }
  });

  it('accepts delimiters of more than one character', async () => {
    const page = await list({ Prefix: 'tree/', Delimiter: '/b/' });
    assert.deepEqual(prefixesOf(page), ['tree/a/b/', 'tree/b/'].slice(0, 1));
  });

  it('lists in version 1 by markers', async () => {
    const found: (string | undefined)[] = [];
    for (let Marker: string | undefined = ''; Marker !== undefined;) {
      const page: Awaited<ReturnType<typeof version1>> = await version1({ Marker, MaxKeys: 4 });
      found.push(...keysOf(page));
      assert.equal(page.NextMarker, undefined);
      Marker = page.IsTruncated === true ? keysOf(page).at(-1) : undefined;
    }
    assert.deepEqual(found, inByteOrder(tree.map((key) => `tree/${key}`)));
  });

  it('names the next marker in version 1 when there is a delimiter', async () => {
    const found: (string | undefined)[] = [];
    for (let Marker: string | undefined = ''; Marker !== undefined;) {
      const page: Awaited<ReturnType<typeof version1>> = await version1({
        Marker,
        MaxKeys: 1,
        Delimiter: '/',
      });
      found.push(...keysOf(page), ...prefixesOf(page));
      Marker = page.NextMarker;
    }
    assert.deepEqual(found, ['tree/a', 'tree/a-b/', 'tree/a/', 'tree/a0', 'tree/b/', 'tree/c']);
  });
  const version1 = (input: { Marker: string; MaxKeys: number; Delimiter?: string }) =>
    store.client.send(new ListObjectsCommand({ Bucket: bucket, Prefix: 'tree/', ...input }));

  it('refuses invalid tokens and counts', async () => {
    await assert.rejects(list({ ContinuationToken: 'nonsense' }), s3Failure(400, 'InvalidArgument'));
    const response = await sendSigned(store.server.url, { path: `/${bucket}?list-type=2&max-keys=many` });
    assert.equal(codeOf(response), 'InvalidArgument');
    await assert.rejects(list({ Bucket: 'missing' }), s3Failure(404, 'NoSuchBucket'));
  });
});
