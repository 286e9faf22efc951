import assert from 'node:assert/strict';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { sendSigned } from '../raw-request.js';
import { bucket, credentials, s3Failure, startStore, type StoreFixture } from '../store-fixture.js';

describe('operations on buckets', () => {
  let store: StoreFixture;
  before(async () => {
    store = await startStore();
  });
  after(() => store.close());

  it('creates, finds, lists and deletes buckets', async () => {
    const Bucket = 'another';
    await assert.rejects(store.client.send(new HeadBucketCommand({ Bucket })), s3Failure(404, 'NotFound'));
    await store.client.send(new CreateBucketCommand({ Bucket }));
    await store.client.send(new HeadBucketCommand({ Bucket }));
    const { Buckets = [] } = await store.client.send(new ListBucketsCommand());
    assert.deepEqual(
      Buckets.map(({ Name }) => Name),
      [Bucket, bucket],
    );
    assert.ok(Buckets[0]?.CreationDate instanceof Date);
    await store.client.send(new DeleteBucketCommand({ Bucket }));
    await assert.rejects(store.client.send(new HeadBucketCommand({ Bucket })), s3Failure(404, 'NotFound'));
    await assert.rejects(store.client.send(new DeleteBucketCommand({ Bucket })), s3Failure(404, 'NoSuchBucket'));
  });

  it('deletes only empty buckets', async () => {
    const Bucket = 'full';
    await store.client.send(new CreateBucketCommand({ Bucket }));
    await store.client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }));
    await assert.rejects(store.client.send(new DeleteBucketCommand({ Bucket })), s3Failure(409, 'BucketNotEmpty'));
    await store.client.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
    await store.client.send(new DeleteBucketCommand({ Bucket }));
  });

  it('accepts only bucket names that S3 accepts', async () => {
    for (const Bucket of ['UPPER', 'ab', 'a..b', 'under_score']) {
      const command = new CreateBucketCommand({ Bucket });
      await assert.rejects(store.client.send(command), s3Failure(400, 'InvalidBucketName'), Bucket);
    }
  });

  it('lets an owner create a bucket again only in us-east-1', async () => {
    await store.client.send(new CreateBucketCommand({ Bucket: bucket }));
    const european = await startStore({ region: 'eu-west-1' });
    const client = new S3Client({
      endpoint: european.server.url,
      region: 'eu-west-1',
      forcePathStyle: true,
      credentials,
    });
    const again = new CreateBucketCommand({ Bucket: bucket });
    await assert.rejects(client.send(again), s3Failure(409, 'BucketAlreadyOwnedByYou'));
    const { LocationConstraint } = await client.send(new GetBucketLocationCommand({ Bucket: bucket }));
    assert.equal(LocationConstraint, 'eu-west-1');
    client.destroy();
    await european.close();
  });

  it('creates a bucket by a request without a body or a length', async () => {
    const response = await sendSigned(store.server.url, { method: 'PUT', path: '/bodiless' });
    assert.equal(response.status, 200);
  });

  it('returns no location for buckets of us-east-1', async () => {
    const { LocationConstraint } = await store.client.send(new GetBucketLocationCommand({ Bucket: bucket }));
    assert.equal(LocationConstraint, undefined);
  });

  it('creates buckets with ACLs disabled', async () => {
    const Bucket = 'enforced';
    await store.client.send(new CreateBucketCommand({ Bucket, ObjectOwnership: 'BucketOwnerEnforced' }));
    const put = new PutObjectCommand({ Bucket, Key: 'a', Body: 'x', ACL: 'public-read' });
    await assert.rejects(store.client.send(put), s3Failure(400, 'AccessControlListNotSupported'));
  });
});
