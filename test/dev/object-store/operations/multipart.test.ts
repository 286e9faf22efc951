import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { bucket, s3Failure, startStore, type StoreFixture } from '../store-fixture.js';

const md5 = (data: string | Buffer): Buffer => createHash('md5').update(data).digest();
const multipartEtag = (...parts: string[]): string =>
  `"${md5(Buffer.concat(parts.map(md5))).toString('hex')}-${parts.length}"`;

type Part = { PartNumber: number; ETag: string | undefined };

describe('multipart uploads', () => {
  let store: StoreFixture;
  before(async () => {
    store = await startStore({ minimumPartSize: 5, singleCopyLimit: 20 });
  });
  after(() => store.close());

  const create = async (Key: string, input: Partial<CreateMultipartUploadCommandInput> = {}) => {
    const command = new CreateMultipartUploadCommand({ Bucket: bucket, Key, ...input });
    const { UploadId } = await store.client.send(command);
    return { Bucket: bucket, Key, UploadId };
  };
  type Upload = Awaited<ReturnType<typeof create>>;
  const upload = async (to: Upload, PartNumber: number, Body: string): Promise<Part> => {
    const { ETag } = await store.client.send(new UploadPartCommand({ ...to, PartNumber, Body }));
    return { PartNumber, ETag };
  };
  const complete = (to: Upload, Parts: Part[], input: { IfNoneMatch?: string } = {}) =>
    store.client.send(new CompleteMultipartUploadCommand({ ...to, MultipartUpload: { Parts }, ...input }));
  const read = async (Key: string, Range?: string): Promise<string | undefined> => {
    const input = { Bucket: bucket, Key, ...(Range === undefined ? {} : { Range }) };
    return (await store.client.send(new GetObjectCommand(input))).Body?.transformToString();
  };
  const make = async (key: string, ...bodies: string[]): Promise<void> => {
    const to = await create(key);
    const parts: Part[] = [];
    for (const [index, body] of bodies.entries()) parts.push(await upload(to, index + 1, body));
    await complete(to, parts);
  };

  it('creates one object from its parts, with the properties of its start', async () => {
    const to = await create('whole', {
      ContentType: 'text/html',
      CacheControl: 'no-cache',
      Metadata: { a: '1' },
    });
    const second = await upload(to, 7, 'world');
    const first = await upload(to, 2, 'hello');
    const done = await complete(to, [first, second]);
    assert.equal(done.ETag, multipartEtag('hello', 'world'));
    assert.equal(await read('whole'), 'helloworld');
    assert.equal(await read('whole', 'bytes=3-6'), 'lowo');
    const head = await store.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'whole' }));
    assert.deepEqual([head.ContentType, head.CacheControl, head.Metadata], ['text/html', 'no-cache', { a: '1' }]);
    assert.deepEqual([head.ETag, head.ContentLength], [done.ETag, 10]);
    const part = await store.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'whole', PartNumber: 2 }));
    assert.deepEqual([await part.Body?.transformToString(), part.PartsCount], ['world', 2]);
  });

  it('shows no object before it is complete', async () => {
    const to = await create('unseen');
    await upload(to, 1, 'hello');
    await assert.rejects(read('unseen'), s3Failure(404, 'NoSuchKey'));
  });

  it('uses the latest of several parts with one number', async () => {
    const to = await create('again');
    const stale = await upload(to, 1, 'stale');
    const fresh = await upload(to, 1, 'fresh');
    await assert.rejects(complete(to, [stale]), s3Failure(400, 'InvalidPart'));
    await complete(to, [fresh]);
    assert.equal(await read('again'), 'fresh');
  });

  it('refuses parts that are missing, out of order or too small', async () => {
    const to = await create('refused');
    const small = await upload(to, 1, 'tiny');
    const last = await upload(to, 2, 'x');
    await assert.rejects(complete(to, [small, { PartNumber: 3, ETag: '"x"' }]), s3Failure(400, 'InvalidPart'));
    await assert.rejects(complete(to, [last, small]), s3Failure(400, 'InvalidPartOrder'));
    await assert.rejects(complete(to, [small, last]), s3Failure(400, 'EntityTooSmall'));
    await assert.rejects(upload(to, 10_001, 'x'), s3Failure(400, 'InvalidArgument'));
    await assert.rejects(upload(to, 0, 'x'), s3Failure(400, 'InvalidArgument'));
  });

  it('answers a repeated completion the same', async () => {
    const to = await create('twice');
    const parts = [await upload(to, 1, 'hello')];
    const first = await complete(to, parts);
    assert.equal((await complete(to, parts)).ETag, first.ETag);
  });

  it('deletes the parts of an aborted upload', async () => {
    const to = await create('aborted');
    const part = await upload(to, 1, 'hello');
    await store.client.send(new AbortMultipartUploadCommand(to));
    await assert.rejects(upload(to, 2, 'hello'), s3Failure(404, 'NoSuchUpload'));
    await assert.rejects(complete(to, [part]), s3Failure(404, 'NoSuchUpload'));
    await assert.rejects(store.client.send(new AbortMultipartUploadCommand(to)), s3Failure(404, 'NoSuchUpload'));
  });

  it('does not replace an object against a condition', async () => {
    await make('kept', 'hello');
    const to = await create('kept');
    const parts = [await upload(to, 1, 'other')];
    await assert.rejects(complete(to, parts, { IfNoneMatch: '*' }), s3Failure(412, 'PreconditionFailed'));
    assert.equal(await read('kept'), 'hello');
  });

  it('lists the parts of an upload by pages', async () => {
    const to = await create('parts');
    for (const number of [3, 1, 2]) await upload(to, number, `part ${number}`);
    const page = await store.client.send(new ListPartsCommand({ ...to, MaxParts: 2 }));
    assert.deepEqual(
      page.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size]),
      [
        [1, 6],
        [2, 6],
      ],
    );
    assert.deepEqual([page.IsTruncated, page.NextPartNumberMarker], [true, '2']);
    const rest = await store.client.send(new ListPartsCommand({ ...to, PartNumberMarker: '2' }));
    assert.deepEqual(
      rest.Parts?.map(({ ETag }) => ETag),
      [`"${md5('part 3').toString('hex')}"`],
    );
    assert.equal(rest.IsTruncated, false);
  });

  it('lists uploads by pages, in the order of keys', async () => {
    for (const key of ['list/b', 'list/\u{1F600}', 'list/a', 'list/\uFF5E']) await create(key);
    const found: (string | undefined)[] = [];
    let marker: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
    while (marker !== undefined) {
      const input = { Bucket: bucket, Prefix: 'list/', MaxUploads: 3, ...marker };
      const page: Record<'NextKeyMarker' | 'NextUploadIdMarker', string | undefined> & {
        Uploads?: { Key?: string | undefined }[] | undefined;
      } = await store.client
        .send(new ListMultipartUploadsCommand(input))
        .then(({ NextKeyMarker, NextUploadIdMarker, Uploads }) => ({
          NextKeyMarker,
          NextUploadIdMarker,
          Uploads,
        }));
      found.push(...(page.Uploads ?? []).map(({ Key }) => Key));
      const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
      marker = KeyMarker && UploadIdMarker ? { KeyMarker, UploadIdMarker } : undefined;
    }
    assert.deepEqual(found, ['list/a', 'list/b', 'list/\uFF5E', 'list/\u{1F600}']);
  });

  describe('copied parts', () => {
    before(async () => {
      await store.client.send(
        new PutObjectCommand({ Bucket: bucket, Key: 'source', Body: 'abcdefghijklmnopqrstuvwxyz' }),
      );
    });
    const copyPart = async (to: Upload, PartNumber: number, CopySourceRange?: string): Promise<Part> => {
      const input = { ...to, PartNumber, CopySource: `${bucket}/source` };
      const command = new UploadPartCopyCommand(CopySourceRange === undefined ? input : { ...input, CopySourceRange });
      return { PartNumber, ETag: (await store.client.send(command)).CopyPartResult?.ETag };
    };

    it('joins ranges of other objects', async () => {
      const to = await create('joined');
      const parts = [
        await copyPart(to, 1, 'bytes=0-9'),
        await upload(to, 2, '-----'),
        await copyPart(to, 3, 'bytes=10-25'),
      ];
      const done = await complete(to, parts);
      assert.equal(await read('joined'), 'abcdefghij-----klmnopqrstuvwxyz');
      assert.equal(done.ETag, multipartEtag('abcdefghij', '-----', 'klmnopqrstuvwxyz'));
    });

    it('copies a multipart object across the borders of its parts', async () => {
      await make('source', 'abcdefg', 'hijklmn', 'opqrstu', 'vwxyz');
      const to = await create('across');
      const parts = [await copyPart(to, 1, 'bytes=5-18'), await copyPart(to, 2, 'bytes=20-20')];
      await complete(to, parts);
      assert.equal(await read('across'), 'fghijklmnopqrsu');
    });

    it('refuses copied ranges that are too long or outside the object', async () => {
      const to = await create('far');
      await assert.rejects(copyPart(to, 1, 'bytes=20-26'), s3Failure(400, 'InvalidArgument'));
      await assert.rejects(copyPart(to, 1), s3Failure(400, 'InvalidRequest'));
    });
  });

  it('gives a copy of a multipart object its MD5 as ETag', async () => {
    await make('several', 'hello', 'world');
    const input = { Bucket: bucket, Key: 'single', CopySource: `${bucket}/several` };
    const { CopyObjectResult } = await store.client.send(new CopyObjectCommand(input));
    assert.equal(CopyObjectResult?.ETag, `"${md5('helloworld').toString('hex')}"`);
    assert.equal(await read('single'), 'helloworld');
  });

  describe('uploads with checksums', () => {
    const cases = [
      { algorithm: 'CRC32', type: 'COMPOSITE', expected: /-2$/ },
      { algorithm: 'SHA256', type: 'COMPOSITE', expected: /-2$/ },
      // The CRC-32 of "helloworld" is f9eb20ad.
      { algorithm: 'CRC32', type: 'FULL_OBJECT', expected: /^\+esgrQ==$/ },
      { algorithm: 'CRC64NVME', type: 'FULL_OBJECT', expected: /^[A-Za-z0-9+/]{11}=$/ },
    ] as const;
    for (const { algorithm, type, expected } of cases) {
      it(`returns a ${type} checksum ${algorithm}`, async () => {
        const to = await create('summed', { ChecksumAlgorithm: algorithm, ChecksumType: type });
        const parts = [];
        for (const [index, Body] of ['hello', 'world'].entries()) {
          const input = { ...to, PartNumber: index + 1, Body, ChecksumAlgorithm: algorithm };
          const sent = await store.client.send(new UploadPartCommand(input));
          const name = `Checksum${algorithm}` as const;
          parts.push({ PartNumber: index + 1, ETag: sent.ETag, [name]: sent[name] });
        }
        const done = await complete(to, parts);
        assert.match(done[`Checksum${algorithm}`] ?? '', expected);
        assert.equal(done.ChecksumType, type);
      });
    }

    it('refuses combinations that S3 does not have', async () => {
      await assert.rejects(
        create('x', { ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' }),
        s3Failure(400, 'InvalidRequest'),
      );
    });

    it('refuses a part without the checksum that was announced', async () => {
      const to = await create('announced', { ChecksumAlgorithm: 'SHA256' });
      await assert.rejects(upload(to, 1, 'hello'), s3Failure(400, 'InvalidRequest'));
    });
  });
});
