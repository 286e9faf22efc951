import assert from 'node:assert/strict';
import { editionEvent } from '../../../src/domain/edition-event.js';
import { type ErrorCode, hasCode } from '../../../src/domain/errors.js';
import type { EventReceiver } from '../../../src/integrations/events/event-receiver.js';
import { createHttpEventReceiver } from '../../../src/integrations/events/http-event-receiver.js';
import { createPost } from '../../../src/integrations/http-post.js';
import { postTo } from '../../support/post-to.js';
import {
  type RecordedRequest,
  type RecordingServer,
  type Reply,
  startRecordingServer,
} from '../../support/recording-server.js';

const event = editionEvent({
  publishedAt: new Date(0),
  baseUrl: 'https://keeper.example.org',
  edition: { id: 7, slug: 'main', title: 'Größe' },
  product: { slug: 'pipelines', title: 'Pipelines' },
  domain: 'pipelines.lsst.io',
  buildId: 42,
});

describe('createHttpEventReceiver', () => {
  let server: RecordingServer;
  before(async () => {
    server = await startRecordingServer();
  });
  after(() => server.close());

  const receiver = (url = `${server.url}/webhook`, post = createPost()): EventReceiver =>
    createHttpEventReceiver({ url, post });
  const last = (): RecordedRequest => server.requests.at(-1) ?? assert.fail('no request was sent');

  it('posts the event as JSON', async () => {
    server.replyWith({ status: 200 });
    await receiver().deliver(event);
    const { method, headers, body } = last();
    assert.deepEqual([method, headers['content-type']], ['POST', 'application/json']);
    assert.equal(body, JSON.stringify(event));
    assert.equal(headers.authorization, undefined);
  });

  for (const path of ['/webhook', '/webhook/', '/', '/hook?key=k%2F1&x='])
    it(`posts to exactly ${path}`, async () => {
      await receiver(server.url + path).deliver(event);
      assert.equal(last().path, path);
    });

  it('sends user and password of the URL as Basic authentication', async () => {
    await receiver(server.url.replace('//', '//keeper:p%40ss@')).deliver(event);
    assert.equal(last().headers.authorization, `Basic ${Buffer.from('keeper:p@ss').toString('base64')}`);
  });

  for (const status of [200, 201, 202, 204])
    it(`accepts status ${status} as delivery`, async () => {
      server.replyWith({ status });
      await receiver().deliver(event);
    });

  const failures: readonly (readonly [what: string, reply: Reply, code: ErrorCode, words: RegExp])[] = [
    ['400', { status: 400, body: '{"error": "bad"}' }, 'event_rejected', /HTTP 400: {"error": "bad"}$/],
    ['401', { status: 401 }, 'event_refused', /HTTP 401/],
    ['404', { status: 404 }, 'event_refused', /HTTP 404/],
    ['410', { status: 410 }, 'event_refused', /HTTP 410/],
    ['413', { status: 413 }, 'event_rejected', /HTTP 413/],
    ['422', { status: 422 }, 'event_rejected', /HTTP 422/],
    ['408', { status: 408 }, 'event_undelivered', /HTTP 408/],
    ['425', { status: 425 }, 'event_undelivered', /HTTP 425/],
    ['429', { status: 429 }, 'event_undelivered', /HTTP 429/],
    ['500', { status: 500, body: 'oops' }, 'event_undelivered', /HTTP 500: oops$/],
    ['503', { status: 503 }, 'event_undelivered', /HTTP 503/],
    ['a redirect', { status: 307 }, 'event_undelivered', /HTTP 307.*redirects are not followed/],
    ['a cut connection', 'reset', 'event_undelivered', /did not answer/],
    ['no answer', 'hang', 'event_undelivered', /did not answer: no answer within 200 ms/],
  ];
  for (const [what, reply, code, words] of failures)
    it(`fails with ${code} after one request when the receiver answers with ${what}`, async () => {
      server.replyWith(reply);
      const asked = server.requests.length;
      const patient = receiver(`${server.url}/webhook?key=secret`, postTo(reply));
      await assert.rejects(patient.deliver(event), (error: Error) => {
        assert.ok(hasCode(error, code), String(error));
        assert.match(error.message, words);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      });
      assert.equal(server.requests.length, asked + 1);
    });

  it('throws the reason of an abort while the receiver does not answer', async () => {
    server.replyWith('hang');
    const reason = new Error('enough');
    const controller = new AbortController();
    const delivered = receiver().deliver(event, { signal: controller.signal });
    controller.abort(reason);
    await assert.rejects(delivered, reason);
  });
});
