import assert from 'node:assert/strict';
import type { S3Client } from '@aws-sdk/client-s3';
import { LtdError } from '../../../src/domain/errors.js';
import { uploadDirectories } from '../../../src/domain/upload-directories.js';
import {
  createUploadSigner,
  type PresignedPost,
  type PresignedUploads,
} from '../../../src/integrations/object-store/presigned-post.js';
import { createS3Client } from '../../../src/integrations/object-store/s3-client.js';
import { storeAccess } from '../../support/servers.js';
import { startTestStore, type TestStore } from '../../support/test-store.js';

const root = 'pipelines/builds/1';
const signatureFields = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'Policy', 'X-Amz-Signature'];
const secret = storeAccess.credentials.secretAccessKey;

interface Policy {
  readonly expiration: string;
  readonly conditions: readonly unknown[];
}

describe('createUploadSigner', () => {
  let store: TestStore;
  before(async () => {
    store = await startTestStore();
  });
  after(() => store.close());

  const sign = async (
    directories: readonly string[],
    options: { client?: S3Client; acl?: 'public-read' | null; maxBytes?: number } = {},
  ): Promise<PresignedUploads> => {
    const signer = createUploadSigner({ client: store.client, acl: 'public-read', ...options });
    const signUploads = await signer.prepare(store.bucket);
    return signUploads({ surrogateKey: 'build-key', directories: uploadDirectories(root, directories) });
  };
  const policyOf = ({ fields }: PresignedPost): Policy =>
    JSON.parse(Buffer.from(fields['Policy'] ?? '', 'base64').toString()) as Policy; // as the SDK writes it
  const one = (posts: PresignedUploads[keyof PresignedUploads], name: string): PresignedPost =>
    posts[name] ?? assert.fail(`no POST for ${name}`);

  /** Posts as the client does: unchanged fields, its `Content-Type` where it sets one, the file last. */
  const post = async (
    { url, fields }: PresignedPost,
    file: { name: string; body: string; changes?: Record<string, string> },
  ): Promise<number> => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...fields, ...file.changes })) form.append(name, value);
    form.append('file', new Blob([file.body]), file.name);
    const answer = await fetch(url, { method: 'POST', body: form });
    await answer.text();
    return answer.status;
  };

  describe('presigned posts for files', () => {
    it("signs exactly the fields that LTD Keeper's clients expect", async () => {
      const { fields, url } = one((await sign(['/'])).prefixes, '/');
      assert.equal(url, `${store.server.url}/${store.bucket}`);
      assert.deepEqual(
        Object.keys(fields).sort(),
        ['Cache-Control', 'acl', 'key', 'success_action_status', 'x-amz-meta-surrogate-key', ...signatureFields].sort(),
      );
      assert.equal(fields['acl'], 'public-read');
      assert.equal(fields['Cache-Control'], 'max-age=31536000');
      assert.equal(fields['x-amz-meta-surrogate-key'], 'build-key');
      assert.equal(fields['success_action_status'], '204');
      assert.equal(fields['key'], `${root}/\${filename}`);
    });

    it('signs a policy of those fields for any content type, valid for 24 hours', async () => {
      const { conditions, expiration } = policyOf(one((await sign(['a/'])).prefixes, 'a/'));
      const unsigned = conditions.filter((condition) => !JSON.stringify(condition).includes('X-Amz-'));
      assert.deepEqual(unsigned.map((condition) => JSON.stringify(condition)).sort(), [
        '["starts-with","$Content-Type",""]',
        `["starts-with","$key","${root}/a/"]`,
        '{"Cache-Control":"max-age=31536000"}',
        '{"acl":"public-read"}',
        `{"bucket":"${store.bucket}"}`,
        '{"success_action_status":"204"}',
        '{"x-amz-meta-surrogate-key":"build-key"}',
      ]);
      const hours = (Date.parse(expiration) - Date.now()) / 3_600_000;
      assert.ok(hours > 23.9 && hours <= 24, expiration);
    });

    it('signs posts that the store accepts as clients send them', async () => {
      const uploads = one((await sign(['a/b/'])).prefixes, 'a/b/');
      const status = await post(uploads, {
        name: 'page one.html',
        body: '<p>',
        changes: { 'Content-Type': 'text/html' },
      });
      assert.equal(status, 204);
      const { body, headers } = await store.read(`${root}/a/b/page one.html`);
      assert.equal(body, '<p>');
      assert.deepEqual(headers, {
        system: { 'content-type': 'text/html', 'cache-control': 'max-age=31536000' },
        metadata: { 'surrogate-key': 'build-key' },
      });
    });

    it('signs posts that accept a file in a subdirectory when the client writes the whole key', async () => {
      const uploads = one((await sign(['/'])).prefixes, '/');
      const changes = { key: `${root}/deep/down/a.html`, 'Content-Type': 'text/html' };
      assert.equal(await post(uploads, { name: 'a.html', body: 'below', changes }), 204);
      assert.equal((await store.read(`${root}/deep/down/a.html`)).body, 'below');
    });

    for (const [what, changes] of Object.entries({
      'another directory': { key: `${root}/elsewhere/a.html` },
      'another build': { key: 'pipelines/builds/2/a.html' },
      'another ACL': { acl: 'private' },
      'another surrogate key': { 'x-amz-meta-surrogate-key': 'other' },
      'another cache policy': { 'Cache-Control': 'no-cache' },
      'metadata of its own': { 'x-amz-meta-own': 'x' },
      'another signature': { 'X-Amz-Signature': '0'.repeat(64) },
    })) {
      it(`signs posts that the store refuses with ${what}`, async () => {
        const uploads = one((await sign(['c/'])).prefixes, 'c/');
        assert.equal(
          await post(uploads, {
            name: 'a.html',
            body: 'x',
            changes: { 'Content-Type': 'text/html', ...changes },
          }),
          403,
        );
      });
    }

    it('signs posts that the store refuses a day later', async () => {
      const uploads = one((await sign(['d/'])).prefixes, 'd/');
      const send = (): Promise<number> =>
        post(uploads, { name: 'a.html', body: 'x', changes: { 'Content-Type': 'text/html' } });
      store.server.faults.setClockOffset(23.9 * 3_600_000);
      assert.equal(await send(), 204);
      store.server.faults.setClockOffset(24.1 * 3_600_000);
      assert.equal(await send(), 403);
      store.server.faults.reset();
    });
  });

  describe('presigned posts for directories', () => {
    it('signs directory posts with the redirect field, an exact key and no condition on the type', async () => {
      const uploads = one((await sign(['a/'])).directories, 'a/');
      assert.equal(uploads.fields['x-amz-meta-dir-redirect'], 'true');
      assert.equal(uploads.fields['key'], `${root}/a`);
      const conditions = policyOf(uploads).conditions.map((condition) => JSON.stringify(condition));
      assert.ok(conditions.includes('{"x-amz-meta-dir-redirect":"true"}'));
      assert.ok(conditions.includes(`{"key":"${root}/a"}`));
      assert.ok(!conditions.some((condition) => condition.includes('starts-with')));
    });

    it('signs directory posts that the store accepts, for the root at the prefix without its slash', async () => {
      const uploads = one((await sign(['/'])).directories, '/');
      assert.equal(await post(uploads, { name: 'x', body: '' }), 204);
      const { body, headers } = await store.read(root);
      assert.equal(body, '');
      assert.deepEqual(headers.metadata, { 'surrogate-key': 'build-key', 'dir-redirect': 'true' });
    });

    it('signs directory posts that the store refuses for another key', async () => {
      const uploads = one((await sign(['a/'])).directories, 'a/');
      assert.equal(await post(uploads, { name: 'x', body: '', changes: { key: `${root}/b` } }), 403);
    });
  });

  it('signs posts that the store accepts up to maxBytes and refuses above', async () => {
    const { prefixes, directories } = await sign(['e/'], { maxBytes: 10 });
    const files = one(prefixes, 'e/');
    const send = (body: string): Promise<number> =>
      post(files, { name: 'a.html', body, changes: { 'Content-Type': 'text/html' } });
    assert.equal(await send('x'.repeat(10)), 204);
    assert.equal(await send('x'.repeat(11)), 400);
    assert.equal(await post(one(directories, 'e/'), { name: 'x', body: 'x'.repeat(11) }), 400);
    assert.equal((await store.read(`${root}/e/a.html`)).body, 'x'.repeat(10));
  });

  it('returns the posts by the normalised names of the directories', async () => {
    const { prefixes, directories } = await sign(['/', ' a ', 'a/aa', '/c/d/']);
    assert.deepEqual(Object.keys(prefixes), ['/', 'a/', 'a/aa/', '/c/d/']);
    assert.deepEqual(Object.keys(directories), Object.keys(prefixes));
  });

  it('signs posts without an ACL when the ACL is none', async () => {
    const { prefixes, directories } = await sign(['/'], { acl: null });
    for (const uploads of [one(prefixes, '/'), one(directories, '/')]) {
      assert.ok(!('acl' in uploads.fields));
      assert.ok(!JSON.stringify(policyOf(uploads)).includes('"acl"'));
    }
  });

  it("signs posts to the bucket's own address on AWS, with the token of temporary credentials", async () => {
    const credentials = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: secret, sessionToken: 'token' };
    const client = createS3Client({ endpoint: null, region: 'us-east-1', credentials });
    const { url, fields } = one((await sign(['/'], { client })).prefixes, '/');
    assert.match(url, /^https:\/\/docs\.s3\.(us-east-1\.)?amazonaws\.com\/$/);
    assert.equal(fields['X-Amz-Security-Token'], 'token');
    client.destroy();
  });

  it('fails in prepare with the message of the credentials provider', async () => {
    const client = createS3Client({ ...storeAccess, endpoint: store.server.url });
    client.config.credentials = () => Promise.reject(new Error('the provider failed'));
    await assert.rejects(createUploadSigner({ client, acl: null }).prepare(store.bucket), LtdError);
    client.destroy();
  });

  it('signs with the credentials from prepare, although the provider fails later', async () => {
    const client = createS3Client({ ...storeAccess, endpoint: store.server.url });
    const signUploads = await createUploadSigner({ client, acl: 'public-read' }).prepare(store.bucket);
    client.config.credentials = () => Promise.reject(new Error('the provider failed'));
    const uploads = await signUploads({ surrogateKey: 'k', directories: uploadDirectories(root, ['f/']) });
    assert.equal(await post(one(uploads.directories, 'f/'), { name: 'x', body: '' }), 204);
    client.destroy();
  });

  it('returns posts that contain no secret', async () => {
    assert.ok(!JSON.stringify(await sign(['/'])).includes(secret));
  });

  it('signs posts without a request to the store', async () => {
    const log = await store.record(() => sign(['/', 'a/']));
    assert.deepEqual(log, []);
  });
});
