import assert from 'node:assert/strict';
import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { uriEncodePath } from '../../../../dev/object-store/percent-encoding.js';
import { oddKeys } from '../odd-keys.js';
import { codeOf, sendSigned } from '../raw-request.js';
import { bucket, s3Failure, startStore, type StoreFixture } from '../store-fixture.js';

const sourceProperties = {
  ContentType: 'text/html',
  ContentEncoding: 'gzip',
  ContentLanguage: 'en',
  ContentDisposition: 'inline',
  CacheControl: 'max-age=60',
  Metadata: { a: '1', b: '2' },
};

describe('CopyObject', () => {
  let store: StoreFixture;
  let etag: string;
  before(async () => {
    store = await startStore({ singleCopyLimit: 1000 });
    const put = new PutObjectCommand({
      Bucket: bucket,
      Key: 'source',
      Body: 'hello',
      Expires: new Date('2026-10-21T07:28:00Z'),
      WebsiteRedirectLocation: '/elsewhere',
      ...sourceProperties,
    });
    etag = (await store.client.send(put)).ETag ?? '';
  });
  after(() => store.close());

  const copy = async (input: Partial<CopyObjectCommandInput>): Promise<string | undefined> => {
    const full = { Bucket: bucket, Key: 'copy', CopySource: `${bucket}/source`, ...input };
    return (await store.client.send(new CopyObjectCommand(full))).CopyObjectResult?.ETag;
  };
  const head = (key: string): Promise<HeadObjectCommandOutput> =>
    store.client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  const pick = (found: HeadObjectCommandOutput): Record<string, unknown> =>
    Object.fromEntries(Object.keys(sourceProperties).map((name) => [name, Reflect.get(found, name)]));

  it('keeps all properties but the website redirect with COPY, whatever headers the request has', async () => {
    assert.equal(await copy({ MetadataDirective: 'COPY', ContentType: 'text/css', Metadata: { c: '3' } }), etag);
    const found = await head('copy');
    assert.deepEqual(pick(found), sourceProperties);
    assert.equal(found.ExpiresString, 'Wed, 21 Oct 2026 07:28:00 GMT');
    assert.equal(found.WebsiteRedirectLocation, undefined);
  });

  it('takes a website redirect from the request with COPY', async () => {
    await copy({ WebsiteRedirectLocation: '/new' });
    assert.equal((await head('copy')).WebsiteRedirectLocation, '/new');
  });

  it('keeps no properties with REPLACE', async () => {
    await copy({ MetadataDirective: 'REPLACE', CacheControl: 'no-cache', Metadata: { c: '3' } });
    const found = await head('copy');
    assert.deepEqual(pick(found), {
      ContentType: 'binary/octet-stream',
      ContentEncoding: undefined,
      ContentLanguage: undefined,
      ContentDisposition: undefined,
      CacheControl: 'no-cache',
      Metadata: { c: '3' },
    });
    assert.equal(found.ExpiresString, undefined);
  });

  it('refuses an unknown metadata directive', async () => {
    const MetadataDirective = 'MOVE' as 'COPY';
    await assert.rejects(copy({ MetadataDirective }), s3Failure(400, 'InvalidArgument'));
  });

  it('refuses to copy an object onto itself unless something changes', async () => {
    await assert.rejects(copy({ CopySource: `${bucket}/copy` }), s3Failure(400, 'InvalidRequest'));
    await copy({ CopySource: `${bucket}/copy`, MetadataDirective: 'REPLACE', ContentType: 'text/css' });
    assert.equal((await head('copy')).ContentType, 'text/css');
  });

  const conditions: [condition: Partial<CopyObjectCommandInput>, isMet: boolean][] = [
    [{ CopySourceIfMatch: '"5d41402abc4b2a76b9719d911017c592"' }, true],
    [{ CopySourceIfMatch: '"x"' }, false],
    [{ CopySourceIfNoneMatch: '"x"' }, true],
    [{ CopySourceIfNoneMatch: '"5d41402abc4b2a76b9719d911017c592"' }, false],
    [{ CopySourceIfModifiedSince: new Date(0) }, true],
    [{ CopySourceIfUnmodifiedSince: new Date(0) }, false],
  ];
  for (const [condition, isMet] of conditions) {
    it(`${isMet ? 'copies' : 'answers 412'} under ${JSON.stringify(condition)}`, async () => {
      if (isMet) assert.equal(await copy(condition), etag);
      else await assert.rejects(copy(condition), s3Failure(412, 'PreconditionFailed'));
    });
  }

  it('checks a condition on the destination', async () => {
    await copy({ Key: 'present' });
    await assert.rejects(copy({ Key: 'present', IfNoneMatch: '*' }), s3Failure(412, 'PreconditionFailed'));
  });

  it('finds sources with odd, percent-encoded keys', async () => {
    for (const key of oddKeys) {
      await store.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: key }));
      await copy({ Key: 'odd', CopySource: `${bucket}/${uriEncodePath(key)}` });
      const found = await store.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'odd' }));
      assert.equal(await found.Body?.transformToString(), key);
    }
  });

  it('decodes an unescaped + of the source as a space, as S3 does', async () => {
    await store.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'plus+sign', Body: 'x' }));
    await assert.rejects(copy({ CopySource: `${bucket}/plus+sign` }), s3Failure(404, 'NoSuchKey'));
  });

  it('refuses sources that are missing or malformed', async () => {
    await assert.rejects(copy({ CopySource: `${bucket}/missing` }), s3Failure(404, 'NoSuchKey'));
    await assert.rejects(copy({ CopySource: 'missing/source' }), s3Failure(404, 'NoSuchBucket'));
    await assert.rejects(copy({ CopySource: 'source' }), s3Failure(400, 'InvalidArgument'));
  });

  it('refuses sources above the limit of one copy', async () => {
    await store.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'large', Body: 'x'.repeat(1001) }));
    await assert.rejects(copy({ CopySource: `${bucket}/large` }), s3Failure(400, 'InvalidRequest'));
  });

  it('keeps the checksum, or computes the requested one', async () => {
    await store.client.send(
      new PutObjectCommand({ Bucket: bucket, Key: 'summed', Body: 'hello', ChecksumAlgorithm: 'CRC32C' }),
    );
    const kept = await store.client.send(
      new CopyObjectCommand({ Bucket: bucket, Key: 'kept', CopySource: `${bucket}/summed` }),
    );
    assert.equal(kept.CopyObjectResult?.ChecksumCRC32C, 'mnG7TA==');
    const computed = await store.client.send(
      new CopyObjectCommand({
        Bucket: bucket,
        Key: 'new',
        CopySource: `${bucket}/summed`,
        ChecksumAlgorithm: 'CRC32',
      }),
    );
    assert.equal(computed.CopyObjectResult?.ChecksumCRC32, 'NhCmhg==');
  });

  it('accepts a source with a slash before the bucket', async () => {
    const headers = { 'x-amz-copy-source': `/${bucket}/source` };
    const response = await sendSigned(store.server.url, { method: 'PUT', path: `/${bucket}/slash`, headers });
    assert.equal(response.status, 200);
    assert.equal(codeOf(response), undefined);
    assert.match(response.body, /<CopyObjectResult .*<ETag>&quot;5d41402abc4b2a76b9719d911017c592&quot;<\/ETag>/);
  });
});
