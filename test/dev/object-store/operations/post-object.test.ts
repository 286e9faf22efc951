import assert from 'node:assert/strict';
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import type { PresignedPostOptions } from '@aws-sdk/s3-presigned-post';
import { codeOf, type RawResponse, sendRaw } from '../raw-request.js';
import { bucket, createClient, presignPost, startStore, type StoreFixture } from '../store-fixture.js';

type Form = { url: string; fields: Record<string, string> };

/** A part of a form: a field, or a file with the headers that some client sends. */
type FormPart = { readonly disposition: string; readonly content: string | Buffer };

const field = (name: string, content: string): FormPart => ({ disposition: `name="${name}"`, content });
const file = (content: string | Buffer, filename = '; filename="page.html"'): FormPart => ({
  disposition: `name="file"${filename}`,
  content,
});

function encodeForm(parts: readonly FormPart[], boundary = 'a-boundary'): Buffer {
  const encoded = parts.flatMap(({ disposition, content }) => [
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...encoded, Buffer.from(`--${boundary}--\r\n`)]);
}

describe('PostObject', () => {
  let store: StoreFixture;
  before(async () => {
    store = await startStore({ buckets: [{ name: bucket }, { name: 'owned', aclsDisabled: true }] });
  });
  afterEach(() => {
    store.server.faults.reset();
  });
  after(() => store.close());

  const formFor = (options: Partial<PresignedPostOptions> = {}): Promise<Form> =>
    presignPost(store.client, { Bucket: bucket, Key: 'site/${filename}', ...options });
  const submit = (form: Form, parts: readonly FormPart[]): Promise<RawResponse> => {
    const fields = Object.entries(form.fields).map(([name, value]) => field(name, value));
    return submitRaw(encodeForm([...fields, ...parts]));
  };
  const submitRaw = (body: Buffer, contentType = 'multipart/form-data; boundary=a-boundary'): Promise<RawResponse> =>
    sendRaw(store.server.url, {
      method: 'POST',
      path: `/${bucket}`,
      headers: { 'content-type': contentType },
      body,
    });
  const read = async (Key: string): Promise<string | undefined> =>
    (await store.client.send(new GetObjectCommand({ Bucket: bucket, Key }))).Body?.transformToString();
  const refused = (response: RawResponse, status: number, message: RegExp): void => {
    assert.equal(response.status, status);
    assert.match(response.body, message);
  };

  it('stores the file under its own name, with the properties of the fields', async () => {
    const fixed = {
      acl: 'public-read',
      'Cache-Control': 'max-age=31536000',
      'x-amz-meta-surrogate-key': 'abc',
      success_action_status: '204',
    };
    const exact = Object.entries(fixed).map(([name, value]) => ({ [name]: value }));
    const form = await formFor({
      Fields: fixed,
      Conditions: [...exact, ['starts-with', '$Content-Type', '']],
    });
    const response = await submit(form, [field('Content-Type', 'text/html'), file('<p>')]);
    assert.equal(response.status, 204);
    assert.equal(response.body, '');
    const head = await store.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'site/page.html' }));
    assert.equal(response.headers['etag'], head.ETag);
    assert.equal(head.ContentType, 'text/html');
    assert.equal(head.CacheControl, 'max-age=31536000');
    assert.deepEqual(head.Metadata, { 'surrogate-key': 'abc' });
    assert.equal(await read('site/page.html'), '<p>');
    const anonymous = await sendRaw(store.server.url, { path: `/${bucket}/site/page.html` });
    assert.equal(anonymous.status, 200);
  });

  it('accepts the form that the platform itself encodes', async () => {
    const { fields } = await formFor();
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    body.append('file', new Blob(['hello']), 'sub/ümläut \u{1F600}.html');
    const response = await fetch(`${store.server.url}/${bucket}`, { method: 'POST', body });
    assert.equal(response.status, 204);
    assert.equal(await read('site/ümläut \u{1F600}.html'), 'hello');
  });

  const filenames: [disposition: string, key: string][] = [
    ['', 'site/'],
    ['; filename=""', 'site/'],
    ['; filename="C:\\\\dir\\\\page.html"', 'site/page.html'],
    ['; filename=plain.txt', 'site/plain.txt'],
    ["; filename*=utf-8''na%C3%AFve.html", 'site/naïve.html'],
    ['; filename="a b+c%20.html"', 'site/a b+c%20.html'],
    ['; filename="$&.html"', 'site/$&.html'],
  ];
  for (const [filename, key] of filenames) {
    it(`stores a file with${filename === '' ? 'out a filename' : filename} as ${key}`, async () => {
      const response = await submit(await formFor(), [file(key, filename)]);
      assert.equal(response.status, 204);
      assert.equal(await read(key), key);
    });
  }

  it('stores an exact key, a directory beside its content', async () => {
    for (const Key of ['dir', 'dir/']) {
      assert.equal((await submit(await formFor({ Key }), [file('', '')])).status, 204);
      assert.equal(await read(Key), '');
    }
  });

  it('stores any bytes, also parts of the boundary', async () => {
    const tricky = Buffer.concat([
      Buffer.from('\r\n--a-boundar\r\n--a'),
      Buffer.alloc(3_000_000, '\r\n-'),
      Buffer.from([0, 255]),
    ]);
    const form = await formFor({ Key: 'bytes' });
    assert.equal((await submit(form, [file(tricky)])).status, 204);
    const found = await store.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'bytes' }));
    assert.ok(tricky.equals(Buffer.from((await found.Body?.transformToByteArray()) ?? [])));
  });

  it('ignores fields after the file', async () => {
    const response = await submit(await formFor(), [file('hello'), field('acl', 'public-read'), field('key', 'other')]);
    assert.equal(response.status, 204);
  });

  const statuses: [asked: string, status: number][] = [
    ['200', 200],
    ['201', 201],
    ['204', 204],
    ['404', 204],
  ];
  for (const [asked, status] of statuses) {
    it(`answers ${status} to success_action_status ${asked}`, async () => {
      const form = await formFor({ Key: 'a&b', Fields: { success_action_status: asked } });
      const response = await submit(form, [file('hello')]);
      assert.equal(response.status, status);
      assert.equal(response.headers['location'], `${store.server.url}/${bucket}/a%26b`);
      if (status === 201) assert.match(response.body, /<PostResponse>.*<Bucket>docs<\/Bucket><Key>a&amp;b<\/Key>/);
      else assert.equal(response.body, '');
    });
  }

  it('redirects when the form requests it', async () => {
    const form = await formFor({
      Key: 'a',
      Fields: { success_action_redirect: 'http://example.org/done?x=1' },
    });
    const response = await submit(form, [file('hello')]);
    assert.equal(response.status, 303);
    assert.match(String(response.headers['location']), /^http:\/\/example\.org\/done\?x=1&bucket=docs&key=a&etag=%22/);
  });

  describe('refused forms', () => {
    it('refuses a field with another value than the policy says', async () => {
      const form = await formFor({ Fields: { acl: 'public-read' } });
      form.fields['acl'] = 'private';
      refused(await submit(form, [file('x')]), 403, /AccessDenied.*Policy Condition failed: .*acl/);
    });

    it('refuses a key outside the prefix', async () => {
      const form = await formFor();
      form.fields['key'] = 'elsewhere/${filename}';
      refused(await submit(form, [file('x')]), 403, /Policy Condition failed: .*\$key/);
      await assert.rejects(read('elsewhere/page.html'));
    });

    it('refuses a field that the policy does not mention', async () => {
      refused(
        await submit(await formFor(), [field('x-amz-meta-a', '1'), file('x')]),
        403,
        /Extra input fields: x-amz-meta-a/,
      );
      assert.equal((await submit(await formFor(), [field('x-ignore-a', '1'), file('x')])).status, 204);
    });

    it('refuses a policy for another bucket', async () => {
      const form = await formFor({ Bucket: 'owned' });
      refused(await submit(form, [file('x')]), 403, /Policy Condition failed: .*bucket/);
    });

    it('refuses a file that is too large or too small', async () => {
      const Conditions: PresignedPostOptions['Conditions'] = [['content-length-range', 2, 4]];
      for (const [content, status] of [
        ['x', 400],
        ['xx', 204],
        ['xxxx', 204],
        ['xxxxx', 400],
      ] as const) {
        assert.equal((await submit(await formFor({ Conditions }), [file(content)])).status, status);
      }
      const form = await formFor({ Conditions, Key: 'large' });
      refused(await submit(form, [file('xxxxx')]), 400, /EntityTooLarge/);
      await assert.rejects(read('large'));
    });

    it('refuses a policy that has expired', async () => {
      const form = await formFor({ Expires: 60 });
      store.server.faults.setClockOffset(59_000);
      assert.equal((await submit(form, [file('x')])).status, 204);
      store.server.faults.setClockOffset(62_000);
      refused(await submit(form, [file('x')]), 403, /AccessDenied.*Policy expired/);
    });

    it('refuses a wrong secret, an unknown key and a changed policy', async () => {
      const wrong = await presignPost(createClient(store.server.url, { secretAccessKey: 'wrong' }), {
        Bucket: bucket,
        Key: 'a',
      });
      refused(await submit(wrong, [file('x')]), 403, /SignatureDoesNotMatch/);
      const unknown = await presignPost(createClient(store.server.url, { accessKeyId: 'UNKNOWN' }), {
        Bucket: bucket,
        Key: 'a',
      });
      refused(await submit(unknown, [file('x')]), 403, /InvalidAccessKeyId/);
      const changed = await formFor();
      const { Policy = '' } = changed.fields;
      const policy = Buffer.from(Policy, 'base64').toString().replace('site/', '');
      changed.fields['Policy'] = Buffer.from(policy).toString('base64');
      refused(await submit(changed, [file('x')]), 403, /SignatureDoesNotMatch/);
    });

    it('refuses a form without policy, key or file', async () => {
      refused(await submitRaw(encodeForm([field('key', 'a'), file('x')])), 403, /AccessDenied/);
      refused(await submitRaw(encodeForm([file('x')])), 400, /InvalidArgument.*named 'key'/);
      refused(await submit(await formFor(), []), 400, /InvalidArgument.*exactly one file/);
    });

    it('refuses a body that is not a form', async () => {
      const response = await submitRaw(Buffer.from('{}'), 'application/json');
      assert.deepEqual([response.status, codeOf(response)], [400, 'MalformedPOSTRequest']);
      assert.equal((await submitRaw(Buffer.from('--a-boundary\r\n'))).status, 400);
    });

    it('refuses more than 20 KiB of fields', async () => {
      const response = await submit(await formFor(), [field('x-ignore-a', 'x'.repeat(21_000)), file('x')]);
      assert.equal(codeOf(response), 'MaxPostPreDataLengthExceededError');
    });
  });
});
