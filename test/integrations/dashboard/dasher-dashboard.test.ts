import assert from 'node:assert/strict';
import { hasCode } from '../../../src/domain/errors.js';
import { createDasherDashboard } from '../../../src/integrations/dashboard/dasher-dashboard.js';
import { createPost } from '../../../src/integrations/http-post.js';
import { postTo } from '../../support/post-to.js';
import { type RecordingServer, type Reply, startRecordingServer } from '../../support/recording-server.js';

const productUrl = 'https://keeper.example.org/products/pipelines';
const product = { productId: 1, productUrl };
const { signal } = new AbortController();

describe('createDasherDashboard', () => {
  let server: RecordingServer;
  before(async () => {
    server = await startRecordingServer();
  });
  after(() => server.close());

  const dashboard = (post = createPost()) => createDasherDashboard({ url: server.url, post });

  it("asks Dasher for a product's dashboard", async () => {
    server.replyWith({ status: 202 });
    assert.equal(await dashboard().build(product, signal), 'built');
    const { method, path, headers, body } = server.requests.at(-1) ?? assert.fail('no request was sent');
    assert.equal(`${method} ${path}`, 'POST /build');
    assert.equal(headers['content-type'], 'application/json');
    assert.deepEqual(JSON.parse(body), { product_urls: [productUrl] });
  });

  const failures: readonly (readonly [what: string, reply: Reply, words: string])[] = [
    ['200 instead of 202', { status: 200, body: 'fine' }, 'HTTP 200, not 202: fine'],
    ['500', { status: 500, body: 'Internal Server Error' }, 'HTTP 500'],
    ['a reset', 'reset', 'did not answer'],
    ['no answer', 'hang', 'no answer within 200 ms'],
  ];
  for (const [what, reply, words] of failures) {
    it(`fails with dashboard_failed on ${what}`, async () => {
      server.replyWith(reply);
      await assert.rejects(dashboard(postTo(reply)).build(product, signal), (error) => {
        assert.ok(hasCode(error, 'dashboard_failed'), String(error));
        assert.ok(error.message.includes(words), error.message);
        return true;
      });
    });
  }

  it('throws the reason of an abort', async () => {
    server.replyWith('hang');
    const reason = new Error('stopped');
    await assert.rejects(dashboard().build(product, AbortSignal.abort(reason)), (error) => error === reason);
  });
});
