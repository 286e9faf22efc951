import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { Registry } from 'prom-client';
import { createDeliverEvent } from '../../src/activities/events/deliver-event.js';
import { EditionEventRow } from '../../src/db/models/edition-event.js';
import type { EditionEvent } from '../../src/domain/edition-event.js';
import { createHttpEventReceiver } from '../../src/integrations/events/http-event-receiver.js';
import { createPost } from '../../src/integrations/http-post.js';
import { createWorkMetrics } from '../../src/observability/metrics/work-metrics.js';
import { eventsWorkflowId } from '../../src/workflows/contract.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { type RecordingServer, startRecordingServer } from '../support/recording-server.js';
import { announce, atRest, makeBuild, makeProduct, readTaskOnce, steer, taskEnd } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

const edition = 1;
const other = 2;

describe('DeliverEvents', () => {
  let keeper: TestKeeper;
  let receiver: RecordingServer;

  before(async () => {
    keeper = await startTestKeeper();
    receiver = await startRecordingServer();
    keeper.cleanUp.push(() => receiver.close());
    // A delivery to a receiver that hangs ends after half a second, so that there are several.
    const events = createHttpEventReceiver({ url: `${receiver.url}/webhook`, post: createPost(500) });
    await startTestWorker(keeper, { events });
    await makeProduct(keeper, 'pipelines');
    await makeProduct(keeper, 'other');
  });

  beforeEach(() => {
    receiver.replyWith({ status: 200 });
  });

  after(async () => {
    await keeper.close();
  });

  const told = (since = 0): EditionEvent[] =>
    receiver.requests.slice(since).map(({ body }) => JSON.parse(body) as EditionEvent);
  const buildsTold = (since: number, slug = 'pipelines'): string[] =>
    told(since)
      .filter(({ product }) => product.slug === slug)
      .map(({ edition: { build_url: url } }) => url);
  /** The task of the newest publication. */
  let task = '';
  const publish = async (product = 'pipelines', ref = 'main'): Promise<string> => {
    const build = await makeBuild(keeper, product, { 'index.html': product + ref }, [ref]);
    task = await announce(keeper, build);
    assert.equal((await taskEnd(keeper, task)).status, 'SUCCESS');
    return build.url;
  };
  const saidOf = async (one: string): Promise<unknown[]> => {
    const { status, metadata } = await readTaskOnce(keeper, one);
    return [status, metadata.events, metadata.events_error];
  };
  const rows = async (of: number): Promise<EditionEventRow[]> =>
    EditionEventRow.query(keeper.knex).where({ edition_id: of }).orderBy('id');
  const allDelivered = (of = edition): Promise<EditionEventRow[]> =>
    eventually('the events to be delivered', async () => {
      const all = await rows(of);
      return all.every(({ outcome }) => outcome !== null) && all;
    });
  const runOf = (of: number) => keeper.client.workflow.getHandle(eventsWorkflowId(of));
  const ended = (of: number) =>
    eventually('the run to end', async () => (await runOf(of).describe()).status.name !== 'RUNNING');
  /** Waits until an event was refused often enough that the next attempt is seconds away. */
  const waiting = () =>
    eventually('the pause after several attempts', async () => {
      const [pending] = (await runOf(edition).describe()).raw.pendingActivities ?? [];
      return (pending?.attempt ?? 0) > 3;
    });
  const pass = (): Promise<unknown> =>
    keeper.client.workflow.execute('Reconcile', { workflowId: 'reconcile-now', taskQueue: 'keeper' });

  it("delivers an event with the API's data about the publication, then ends", async () => {
    const build = await publish();
    await allDelivered();
    const { body } = await keeper.request('GET', `/editions/${edition}`);
    const { date_rebuilt: rebuilt, ...shown } = body as Record<string, unknown>;
    const [event = assert.fail('no event was delivered')] = told();
    assert.equal(event.event_timestamp, rebuilt);
    for (const key of ['published_url', 'title', 'slug', 'build_url'] as const)
      assert.equal(event.edition[key], shown[key], key);
    assert.equal(event.edition.build_url, build);
    assert.equal(event.product.url, `${keeper.baseUrl}/products/pipelines`);
    await ended(edition);
    assert.equal((await runOf(edition).describe()).status.name, 'COMPLETED');
  });

  it('stores events while the receiver is down, then delivers them in order, each once', async () => {
    receiver.replyWith({ status: 503 });
    const before = receiver.requests.length;
    const builds = [await publish(), await publish(), await publish()];
    await eventually('the receiver to be called again', () => Promise.resolve(receiver.requests.length > before + 1));
    // No event overtakes the first.
    assert.deepEqual(new Set(buildsTold(before)), new Set(builds.slice(0, 1)));
    assert.deepEqual(await saidOf(task), ['SUCCESS', 'waiting', null]);
    const refused = receiver.requests.length;
    receiver.replyWith({ status: 200 });
    await allDelivered();
    // The attempt in flight while the receiver recovered may have been the last refused one.
    const taken = buildsTold(refused);
    assert.deepEqual(taken.slice(-3), builds);
    assert.deepEqual(await saidOf(task), ['SUCCESS', 'delivered', null]);
  });

  it('delays no publication and no other edition while a receiver hangs', async () => {
    receiver.replyWith((request) => (request.body.includes('"slug":"pipelines"') ? 'hang' : { status: 200 }));
    const before = receiver.requests.length;
    const stuck = await publish();
    const build = await publish('other');
    await allDelivered(other);
    assert.deepEqual(buildsTold(before, 'other'), [build]);
    const stuckRow = (await rows(edition)).at(-1);
    assert.deepEqual([stuckRow?.payload.edition.build_url, stuckRow?.outcome], [stuck, null]);
    receiver.replyWith({ status: 200 });
    await allDelivered();
  });

  it('rejects an event that the receiver refuses permanently, with the reason, and delivers the next', async () => {
    let refused = '';
    receiver.replyWith(({ body }) => {
      const { build_url: url } = (JSON.parse(body) as EditionEvent).edition;
      refused ||= url;
      return url === refused ? { status: 400, body: '{"error": "no such field"}' } : { status: 200 };
    });
    const before = receiver.requests.length;
    const first = await publish();
    const taskOfFirst = task;
    const second = await publish();
    const events = (await allDelivered()).slice(-2);
    assert.deepEqual(
      events.map(({ outcome }) => outcome),
      ['rejected', 'delivered'],
    );
    assert.match(events[0]?.error ?? '', /HTTP 400: {"error": "no such field"}/);
    assert.equal(events[1]?.error, null);
    assert.deepEqual(await saidOf(taskOfFirst), ['SUCCESS', 'rejected', events[0]?.error]);
    assert.deepEqual(buildsTold(before), [first, second]);
  });

  for (const status of [401, 404])
    it(`retries an event that is refused with ${status} for a while, and keeps the order`, async () => {
      receiver.replyWith({ status });
      const before = receiver.requests.length;
      const builds = [await publish(), await publish()];
      await waiting();
      const [state, events, reason] = await saidOf(task);
      assert.deepEqual([state, events, reason], ['SUCCESS', 'waiting', null]);
      const refused = (await rows(edition)).filter(({ outcome }) => outcome === null);
      assert.match(refused[0]?.error ?? '', new RegExp(`HTTP ${status}`));
      assert.equal(refused.length, 2);
      receiver.replyWith({ status: 200 });
      const delivered = (await allDelivered()).slice(-2);
      assert.deepEqual(
        delivered.map(({ outcome, error }) => [outcome, error]),
        [
          ['delivered', null],
          ['delivered', null],
        ],
      );
      assert.deepEqual([...new Set(buildsTold(before))], builds);
    });

  it('rejects an event that is still refused with 404 after three days, with the reason', async () => {
    receiver.replyWith({ status: 404 });
    await publish();
    await waiting();
    await keeper
      .knex('edition_events')
      .whereNull('outcome')
      .update({ created_at: keeper.knex.raw("now() - interval '73 hours'") });
    const event = (await allDelivered()).at(-1);
    assert.equal(event?.outcome, 'rejected');
    assert.match(event.error ?? '', /HTTP 404.*written off/);
    const [, events, reason] = await saidOf(task);
    assert.deepEqual([events, reason], ['rejected', event.error]);
  });

  it('starts through Reconcile after a lost signal and after a terminated run', async () => {
    receiver.replyWith({ status: 503 });
    const build = await publish();
    await runOf(edition).terminate('by an operator');
    const before = receiver.requests.length;
    receiver.replyWith({ status: 200 });
    await pass();
    await allDelivered();
    // An attempt of the terminated run may have been in flight, with the same event.
    assert.deepEqual([...new Set(buildsTold(before))], [build]);
  });

  it('gets no signal from Reconcile while it waits for the receiver', async () => {
    receiver.replyWith({ status: 503 });
    await publish();
    await waiting();
    const { runId, historyLength } = await runOf(edition).describe();
    await pass();
    const after = await runOf(edition).describe();
    assert.deepEqual([after.runId, after.historyLength], [runId, historyLength]);
    receiver.replyWith({ status: 200 });
    await allDelivered();
  });

  it('delivers the next event when an operator completes its activity by hand', async () => {
    receiver.replyWith({ status: 503 });
    await publish();
    await waiting();
    const which = ['--workflow-id', eventsWorkflowId(edition), '--activity-id', 'deliver'];
    await keeper.temporal.temporal('activity', 'complete', ...which, '--result', 'null');
    const events = await allDelivered();
    assert.equal(events.at(-1)?.outcome, 'delivered');
    await ended(edition);
  });

  it('does not deliver an event again that a worker which was frozen still has', async () => {
    await publish();
    const told = (await allDelivered()).at(-1) ?? assert.fail('no event was delivered');
    const before = receiver.requests.length;
    const deliver = createDeliverEvent({
      knex: keeper.knex,
      metrics: createWorkMetrics(new Registry()),
      events: createHttpEventReceiver({ url: receiver.url }),
    });
    await new MockActivityEnvironment().run(deliver, told.payload, told.id);
    assert.equal(receiver.requests.length, before);
  });

  it('delivers no event for an edition that moved, and one for a build that is published again', async () => {
    const before = receiver.requests.length;
    const build = await publish('pipelines', 'v1');
    const [{ id }] = (await keeper.knex('editions').where({ slug: 'v1' }).select('id')) as [{ id: number }];
    await taskEnd(keeper, await steer(keeper, id, { slug: 'v1.0' }));
    await atRest(keeper, id);
    await taskEnd(keeper, await steer(keeper, id, { pending_rebuild: true }));
    await allDelivered(id);
    const events = told(before).map(({ edition: { slug, build_url: url } }) => [slug, url]);
    assert.deepEqual(events, [
      ['v1', build],
      ['v1.0', build],
    ]);
  });
});

describe('publications without LTD_EVENTS_URL', () => {
  it('stores no event for a publication', async () => {
    const keeper = await startTestKeeper();
    try {
      await startTestWorker(keeper);
      await makeProduct(keeper, 'pipelines');
      await taskEnd(keeper, await announce(keeper, await makeBuild(keeper, 'pipelines', { 'a.html': 'a' })));
      assert.equal(await EditionEventRow.query(keeper.knex).resultSize(), 0);
      await assert.rejects(keeper.client.workflow.getHandle(eventsWorkflowId(1)).describe());
    } finally {
      await keeper.close();
    }
  });
});
