import assert from 'node:assert/strict';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  GetObjectAclCommand,
  type ObjectCannedACL,
  PutBucketPolicyCommand,
  PutObjectAclCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { codeOf, type RawResponse, sendRaw } from './raw-request.js';
import { bucket, presignPost, s3Failure, startStore, type StoreFixture } from './store-fixture.js';

describe('access without a key', () => {
  let store: StoreFixture;
  before(async () => {
    store = await startStore({
      buckets: [{ name: bucket }, { name: 'open', publicRead: true }, { name: 'owned', aclsDisabled: true }],
    });
    for (const name of [bucket, 'open', 'owned']) await put(name, 'page.html');
  });
  after(() => store.close());

  const put = (Bucket: string, Key: string, ACL?: ObjectCannedACL): Promise<unknown> =>
    store.client.send(new PutObjectCommand({ Bucket, Key, Body: 'hello', ...(ACL === undefined ? {} : { ACL }) }));
  const anonymously = (method: string, path: string): Promise<RawResponse> =>
    sendRaw(store.server.url, { method, path, headers: { 'content-length': '0' } });
  const statement = (changes: object = {}): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: '*',
          Action: 's3:GetObject',
          Resource: `arn:aws:s3:::${bucket}/*`,
          ...changes,
        },
      ],
    });

  it('allows reads in a public bucket, and nothing more', async () => {
    assert.equal((await anonymously('GET', '/open/page.html')).body, 'hello');
    assert.equal((await anonymously('HEAD', '/open/page.html')).status, 200);
    for (const [method, path] of [
      ['GET', '/open'],
      ['PUT', '/open/new'],
      ['DELETE', '/open/page.html'],
      ['PUT', '/new-bucket'],
      ['GET', '/'],
      ['GET', `/${bucket}/page.html`],
    ] as const) {
      const response = await anonymously(method, path);
      assert.deepEqual([path, response.status, codeOf(response)], [path, 403, 'AccessDenied']);
    }
  });

  it('reveals that an object is missing only to clients that may list', async () => {
    assert.equal((await anonymously('GET', '/open/missing')).status, 403);
    const Policy = JSON.stringify({
      Statement: [
        {
          Effect: 'Allow',
          Principal: '*',
          Action: ['s3:GetObject', 's3:ListBucket'],
          Resource: ['arn:aws:s3:::listed', 'arn:aws:s3:::listed/*'],
        },
      ],
    });
    await store.client.send(new CreateBucketCommand({ Bucket: 'listed' }));
    await store.client.send(new PutBucketPolicyCommand({ Bucket: 'listed', Policy }));
    assert.equal((await anonymously('GET', '/listed/missing')).status, 404);
    assert.equal((await anonymously('GET', '/listed')).status, 200);
  });

  it('follows the policy of the bucket, as long as there is one', async () => {
    const Bucket = bucket;
    await store.client.send(new PutBucketPolicyCommand({ Bucket, Policy: statement() }));
    assert.equal((await anonymously('GET', `/${bucket}/page.html`)).status, 200);
    assert.equal((await store.client.send(new GetBucketPolicyCommand({ Bucket }))).Policy, statement());
    await store.client.send(new DeleteBucketPolicyCommand({ Bucket }));
    assert.equal((await anonymously('GET', `/${bucket}/page.html`)).status, 403);
    await assert.rejects(
      store.client.send(new GetBucketPolicyCommand({ Bucket })),
      s3Failure(404, 'NoSuchBucketPolicy'),
    );
    await assert.rejects(
      store.client.send(new PutBucketPolicyCommand({ Bucket, Policy: statement({ Effect: 'Maybe' }) })),
      s3Failure(400, 'MalformedPolicy'),
    );
  });

  it('follows the ACL of an object', async () => {
    await put(bucket, 'public.html', 'public-read');
    assert.equal((await anonymously('GET', `/${bucket}/public.html`)).status, 200);
    const target = { Bucket: bucket, Key: 'public.html' };
    const { Grants = [] } = await store.client.send(new GetObjectAclCommand(target));
    assert.deepEqual(
      Grants.map(({ Permission, Grantee }) => [Permission, Grantee?.URI?.split('/').at(-1)]),
      [
        ['FULL_CONTROL', undefined],
        ['READ', 'AllUsers'],
      ],
    );
    await store.client.send(new PutObjectAclCommand({ ...target, ACL: 'private' }));
    assert.equal((await anonymously('GET', `/${bucket}/public.html`)).status, 403);
  });

  it('does not pass an ACL on to a copy, which has its own', async () => {
    await put(bucket, 'public.html', 'public-read');
    const copy = { Bucket: bucket, Key: 'copy.html', CopySource: `${bucket}/public.html` };
    await store.client.send(new CopyObjectCommand(copy));
    assert.equal((await anonymously('GET', `/${bucket}/copy.html`)).status, 403);
    await store.client.send(new CopyObjectCommand({ ...copy, ACL: 'public-read' }));
    assert.equal((await anonymously('GET', `/${bucket}/copy.html`)).status, 200);
  });

  describe('buckets with ACLs disabled', () => {
    it('refuses every ACL that would have an effect', async () => {
      const unsupported = s3Failure(400, 'AccessControlListNotSupported');
      await put('owned', 'a', 'private');
      await put('owned', 'a', 'bucket-owner-full-control');
      await assert.rejects(put('owned', 'a', 'public-read'), unsupported);
      const target = { Bucket: 'owned', Key: 'a' };
      await assert.rejects(
        store.client.send(new CopyObjectCommand({ ...target, CopySource: 'owned/page.html', ACL: 'public-read' })),
        unsupported,
      );
      await assert.rejects(store.client.send(new PutObjectAclCommand({ ...target, ACL: 'public-read' })), unsupported);
      await assert.rejects(
        store.client.send(new PutObjectCommand({ ...target, Body: 'x', GrantRead: 'uri="x"' })),
        unsupported,
      );
    });

    it('refuses ACLs in forms, too', async () => {
      for (const [acl, status] of [
        ['public-read', 400],
        ['bucket-owner-full-control', 204],
      ] as const) {
        const { fields } = await presignPost(store.client, {
          Bucket: 'owned',
          Key: 'form',
          Fields: { acl },
        });
        const body = new FormData();
        for (const [name, value] of Object.entries(fields)) body.append(name, value);
        body.append('file', new Blob(['hello']), 'a');
        const response = await fetch(`${store.server.url}/owned`, { method: 'POST', body });
        assert.equal(response.status, status);
      }
    });
  });

  it('reports a missing bucket before any other error', async () => {
    assert.equal(codeOf(await anonymously('GET', '/missing/page.html')), 'NoSuchBucket');
  });
});
