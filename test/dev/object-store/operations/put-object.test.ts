import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { checksumAlgorithms } from '../../../../dev/object-store/stored-object.js';
import { oddKeys } from '../odd-keys.js';
import { codeOf, sendSigned } from '../raw-request.js';
import { bucket, s3Failure, startStore, type StoreFixture } from '../store-fixture.js';

const md5 = (body: string | Buffer): string => createHash('md5').update(body).digest('hex');

describe('PutObject', () => {
  let store: StoreFixture;
  before(async () => {
    store = await startStore();
  });
  after(() => store.close());

  const read = async (key: string): Promise<string | undefined> => {
    const { Body } = await store.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Body?.transformToString();
  };
  const putRaw = (
    key: string,
    headers: Record<string, string>,
    body: string | Buffer = 'hello',
  ): ReturnType<typeof sendSigned> =>
    sendSigned(store.server.url, { method: 'PUT', path: `/${bucket}/${key}`, headers, body });

  it('keeps every property that a writer can set', async () => {
    const properties = {
      ContentType: 'text/html; charset=utf-8',
      ContentEncoding: 'gzip',
      ContentLanguage: 'de, en',
      ContentDisposition: 'attachment; filename="a.html"',
      CacheControl: 'max-age=31536000',
      ExpiresString: 'Wed, 21 Oct 2026 07:28:00 GMT',
      WebsiteRedirectLocation: '/elsewhere',
      StorageClass: 'STANDARD_IA' as const,
      Metadata: { 'surrogate-key': 'abc', 'dir-redirect': 'true' },
    };
    const target = { Bucket: bucket, Key: 'all' };
    const { ExpiresString, ...others } = properties;
    await store.client.send(
      new PutObjectCommand({ ...target, ...others, Body: 'hello', Expires: new Date(ExpiresString) }),
    );
    const head = await store.client.send(new HeadObjectCommand(target));
    for (const [name, value] of Object.entries(properties)) {
      assert.deepEqual(Reflect.get(head, name), value, name);
    }
    assert.equal(head.ContentLength, 5);
    assert.equal(head.ETag, `"${md5('hello')}"`);
  });

  it('uses the default content type of S3', async () => {
    await putRaw('untyped', {});
    const head = await store.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'untyped' }));
    assert.equal(head.ContentType, 'binary/octet-stream');
  });

  it('does not store aws-chunked as an encoding', async () => {
    const body = Readable.from([Buffer.from('streamed')]);
    const input = { Bucket: bucket, Key: 'chunked', ContentLength: 8, Body: body };
    await store.client.send(new PutObjectCommand(input));
    const found = await store.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'chunked' }));
    assert.equal(await found.Body?.transformToString(), 'streamed');
    assert.equal(found.ContentEncoding, undefined);
  });

  for (const key of oddKeys) {
    it(`keeps the key ${JSON.stringify(key.slice(0, 40))} unchanged`, async () => {
      await store.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: key }));
      assert.equal(await read(key), key);
    });
  }

  it('refuses keys above 1,024 bytes', async () => {
    await store.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'é'.repeat(512), Body: 'x' }));
    const tooLong = new PutObjectCommand({ Bucket: bucket, Key: `${'é'.repeat(512)}x`, Body: 'x' });
    await assert.rejects(store.client.send(tooLong), s3Failure(400, 'KeyTooLongError'));
  });

  it('returns metadata beyond ASCII as encoded words, as S3 does', async () => {
    // Node writes headers as UTF-8 before a text, as Latin-1 before bytes.
    for (const body of ['hello', Buffer.from('hello')]) {
      assert.equal((await putRaw('encoded', { 'x-amz-meta-name': 'Ä' }, body)).status, 200);
      const head = await sendSigned(store.server.url, { method: 'HEAD', path: `/${bucket}/encoded` });
      assert.equal(head.headers['x-amz-meta-name'], '=?UTF-8?B?w4Q=?=');
    }
  });

  it('refuses more than 2 KiB of metadata, and redirects without a target', async () => {
    const tooMuch = await putRaw('meta', { 'x-amz-meta-a': 'x'.repeat(2048) });
    assert.equal(codeOf(tooMuch), 'MetadataTooLarge');
    const nowhere = await putRaw('redirect', { 'x-amz-website-redirect-location': 'elsewhere' });
    assert.equal(codeOf(nowhere), 'InvalidRedirectLocation');
  });

  it('answers 404 for a bucket that does not exist', async () => {
    const command = new PutObjectCommand({ Bucket: 'missing', Key: 'a', Body: 'x' });
    await assert.rejects(store.client.send(command), s3Failure(404, 'NoSuchBucket'));
  });

  describe('declared lengths and checksums', () => {
    for (const algorithm of checksumAlgorithms) {
      it(`accepts ${algorithm} in a header or a trailer, returns and stores it`, async () => {
        const target = { Bucket: bucket, Key: `sum-${algorithm}` };
        const name = `Checksum${algorithm}` as const;
        const inTrailer = { ...target, Body: Readable.from([Buffer.from('hello')]), ContentLength: 5 };
        for (const input of [{ ...target, Body: 'hello' }, inTrailer]) {
          const put = await store.client.send(new PutObjectCommand({ ...input, ChecksumAlgorithm: algorithm }));
          assert.ok(put[name]);
          const head = await store.client.send(new HeadObjectCommand({ ...target, ChecksumMode: 'ENABLED' }));
          assert.equal(head[name], put[name]);
          assert.equal(head.ChecksumType, 'FULL_OBJECT');
        }
      });

      it(`refuses a body whose ${algorithm} is wrong`, async () => {
        const header = `x-amz-checksum-${algorithm.toLowerCase()}`;
        const response = await putRaw('wrong', { [header]: 'AAAAAA==' });
        assert.equal(response.status, 400);
        assert.equal(codeOf(response), 'BadDigest');
        await assert.rejects(read('wrong'), s3Failure(404, 'NoSuchKey'));
      });
    }

    const digest = (text: string): string => createHash('md5').update(text).digest('base64');
    const cases: [name: string, headers: Record<string, string>, code: string | undefined][] = [
      ['the right Content-MD5', { 'content-md5': digest('hello') }, undefined],
      ['another Content-MD5', { 'content-md5': digest('other') }, 'BadDigest'],
      ['an invalid Content-MD5', { 'content-md5': 'abc' }, 'InvalidDigest'],
      ['two checksums', { 'x-amz-checksum-crc32': 'NhCmhg==', 'x-amz-checksum-crc32c': 'mnG7TA==' }, 'InvalidRequest'],
      ['an algorithm without its checksum', { 'x-amz-sdk-checksum-algorithm': 'CRC32' }, 'InvalidRequest'],
    ];
    for (const [name, headers, code] of cases) {
      it(`${code === undefined ? 'accepts' : `answers ${code} to`} ${name}`, async () => {
        const response = await putRaw('declared', headers);
        assert.equal(response.status, code === undefined ? 200 : 400);
        assert.equal(codeOf(response), code);
      });
    }

    it('refuses a body other than the one that was signed', async () => {
      const payloadHash = createHash('sha256').update('other').digest('hex');
      const request = { method: 'PUT', path: `/${bucket}/signed`, body: 'hello' };
      const response = await sendSigned(store.server.url, request, { payloadHash });
      assert.equal(codeOf(response), 'XAmzContentSHA256Mismatch');
    });

    it('refuses a trailer whose checksum is wrong or missing', async () => {
      const send = (trailer: string): ReturnType<typeof sendSigned> =>
        sendSigned(
          store.server.url,
          {
            method: 'PUT',
            path: `/${bucket}/trailer`,
            headers: {
              'content-encoding': 'aws-chunked',
              'x-amz-decoded-content-length': '5',
              'x-amz-trailer': 'x-amz-checksum-crc32',
            },
            body: `5\r\nhello\r\n0\r\n${trailer}\r\n`,
          },
          { payloadHash: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' },
        );
      assert.equal((await send('x-amz-checksum-crc32:NhCmhg==\r\n')).status, 200);
      assert.equal(codeOf(await send('x-amz-checksum-crc32:AAAAAA==\r\n')), 'BadDigest');
      assert.equal(codeOf(await send('')), 'MalformedTrailerError');
    });

    it('refuses a length other than x-amz-decoded-content-length', async () => {
      const request = {
        method: 'PUT',
        path: `/${bucket}/short`,
        headers: { 'content-encoding': 'aws-chunked', 'x-amz-decoded-content-length': '6' },
        body: '5\r\nhello\r\n0\r\n\r\n',
      };
      const options = { payloadHash: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' };
      assert.equal(codeOf(await sendSigned(store.server.url, request, options)), 'IncompleteBody');
    });

    it('refuses a body of unknown length, as S3 does', async () => {
      const headers = { 'transfer-encoding': 'chunked' };
      const response = await putRaw('unknown', headers);
      assert.equal(response.status, 501);
    });
  });

  it('keeps the connection after it refused a large body half-way', async () => {
    const large = Buffer.alloc(3 * 1024 * 1024, 'x');
    const wrong = { Bucket: bucket, Key: 'large', Body: large, ContentMD5: md5('other').slice(0, 22) };
    await assert.rejects(store.client.send(new PutObjectCommand(wrong)));
    const right = await store.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'large', Body: large }));
    assert.equal(right.ETag, `"${md5(large)}"`);
  });

  describe('conditional writes', () => {
    const put = (key: string, condition: { IfMatch?: string; IfNoneMatch?: string }): Promise<unknown> =>
      store.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: 'new', ...condition }));

    it('writes only a new object with If-None-Match: *', async () => {
      await put('once', { IfNoneMatch: '*' });
      await assert.rejects(put('once', { IfNoneMatch: '*' }), s3Failure(412, 'PreconditionFailed'));
    });

    it('replaces only the version in If-Match', async () => {
      await assert.rejects(put('seen', { IfMatch: '"x"' }), s3Failure(404, 'NoSuchKey'));
      await put('seen', {});
      await put('seen', { IfMatch: `"${md5('new')}"` });
      await assert.rejects(put('seen', { IfMatch: '"x"' }), s3Failure(412, 'PreconditionFailed'));
    });

    it('lets one of many concurrent writers win', async () => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, () => put('contested', { IfNoneMatch: '*' })),
      );
      assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
    });
  });
});
