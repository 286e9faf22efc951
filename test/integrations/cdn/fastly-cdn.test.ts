import assert from 'node:assert/strict';
import { type ErrorCode, hasCode, LtdError } from '../../../src/domain/errors.js';
import { createCountedCdn, createFastlyCdn } from '../../../src/integrations/cdn/fastly-cdn.js';
import { createPost } from '../../../src/integrations/http-post.js';
import { postTo } from '../../support/post-to.js';
import { type RecordingServer, type Reply, startRecordingServer } from '../../support/recording-server.js';

describe('createFastlyCdn', () => {
  let server: RecordingServer;
  before(async () => {
    server = await startRecordingServer();
  });
  after(() => server.close());

  const cdn = (post = createPost()) =>
    createFastlyCdn({
      serviceId: 'SU1Z0isxPaozGVKXdv0eY',
      apiKey: 'secret-key',
      apiUrl: server.url,
      post,
    });

  it("purges a surrogate key as Fastly's API documents it", async () => {
    server.replyWith({ status: 200, body: '{"status": "ok", "id": "108-1391560174-974124"}' });
    await cdn().purge('0123456789abcdef');
    const { method, path, headers, body } = server.requests.at(-1) ?? assert.fail('no request was sent');
    assert.equal(method, 'POST');
    assert.equal(path, '/service/SU1Z0isxPaozGVKXdv0eY/purge/0123456789abcdef');
    assert.equal(headers['fastly-key'], 'secret-key');
    assert.equal(headers.accept, 'application/json');
    assert.equal(body, '');
  });

  it('encodes a surrogate key within its segment of the path', async () => {
    server.replyWith({ status: 200 });
    await cdn().purge('../a b');
    assert.equal(server.requests.at(-1)?.path, '/service/SU1Z0isxPaozGVKXdv0eY/purge/..%2Fa%20b');
  });

  const failures: readonly (readonly [what: string, reply: Reply, code: ErrorCode, words: string])[] = [
    ['500', { status: 500, body: 'oops' }, 'cdn_unavailable', 'HTTP 500: oops'],
    ['503', { status: 503 }, 'cdn_unavailable', 'HTTP 503'],
    ['429', { status: 429 }, 'cdn_unavailable', 'HTTP 429'],
    ['a reset', 'reset', 'cdn_unavailable', 'did not answer'],
    ['no answer', 'hang', 'cdn_unavailable', 'no answer within 200 ms'],
    [
      '401',
      { status: 401, body: '{"msg":\n  "Provided credentials are missing or invalid"}' },
      'cdn_rejected',
      'FASTLY_KEY',
    ],
    ['403', { status: 403 }, 'cdn_rejected', 'FASTLY_KEY'],
    ['404', { status: 404 }, 'cdn_rejected', 'FASTLY_SERVICE_ID'],
    ['202, which does not confirm a purge', { status: 202 }, 'cdn_rejected', 'HTTP 202'],
  ];
  for (const [what, reply, code, words] of failures) {
    it(`fails with ${code} on ${what}, without the key in the message`, async () => {
      server.replyWith(reply);
      await assert.rejects(cdn(postTo(reply)).purge('k'), (error) => {
        assert.ok(hasCode(error, code), String(error));
        assert.ok(error.message.includes(words), error.message);
        assert.ok(!error.message.includes('secret-key'));
        return true;
      });
    });
  }

  it('fails with cdn_unavailable, and its cause, when the host does not listen', async () => {
    const gone = await startRecordingServer();
    await gone.close();
    await assert.rejects(
      createFastlyCdn({ serviceId: 's', apiKey: 'k', apiUrl: gone.url }).purge('k'),
      (error) => hasCode(error, 'cdn_unavailable') && error.cause instanceof Error,
    );
  });

  it('throws the reason of an abort', async () => {
    server.replyWith('hang');
    const controller = new AbortController();
    const reason = new Error('a newer build exists');
    const purge = cdn().purge('k', { signal: controller.signal });
    controller.abort(reason);
    await assert.rejects(purge, (error) => error === reason);
  });
});

describe('createCountedCdn', () => {
  const cases = [
    { end: null, counts: ['purged'] },
    { end: new LtdError('cdn_unavailable', '503'), counts: ['unavailable'] },
    { end: new LtdError('cdn_rejected', '401'), counts: ['rejected'] },
    { end: new Error('given up'), counts: [] },
  ];
  for (const { end, counts } of cases)
    it(`counts ${counts[0] ?? 'nothing'} when a purge ends with ${end?.message ?? 'success'}`, async () => {
      const counted: string[] = [];
      const keys: string[] = [];
      const inner = {
        purge: (key: string) => {
          keys.push(key);
          return end === null ? Promise.resolve() : Promise.reject(end);
        },
      };
      const purge = createCountedCdn(inner, (outcome) => counted.push(outcome)).purge('key');
      await (end === null ? purge : assert.rejects(purge, end));
      assert.deepEqual([keys, counted], [['key'], counts]);
    });
});
