import assert from 'node:assert/strict';
import { rebuildWorkflowId } from '../../src/workflows/contract.js';
import { createFastlyCdn } from '../../src/integrations/cdn/fastly-cdn.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { type RecordingServer, startRecordingServer } from '../support/recording-server.js';
import { announce, makeBuild, makeProduct, readTaskOnce, taskEnd } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

describe('the purges of a publication', () => {
  let keeper: TestKeeper;
  let fastly: RecordingServer;
  const product = 'pipelines';
  const keysSeen: string[][] = [];

  before(async () => {
    keeper = await startTestKeeper();
    fastly = await startRecordingServer(async () => {
      keysSeen.push(await keeper.bucket.keys(`${product}/v/main/`));
    });
    keeper.cleanUp.push(() => fastly.close());
    const cdn = createFastlyCdn({ serviceId: 'service', apiKey: 'key', apiUrl: fastly.url });
    await startTestWorker(keeper, { cdn });
    await makeProduct(keeper, product);
    await taskEnd(keeper, await announce(keeper, await makeBuild(keeper, product, { 'old.html': 'old' })));
  });

  after(async () => {
    await keeper.close();
  });

  it('purges after the new pages and before each removal, and again after it', async () => {
    keysSeen.length = 0;
    await taskEnd(keeper, await announce(keeper, await makeBuild(keeper, product, { 'new.html': 'new' })));
    const under = `${product}/v/main`;
    assert.deepEqual(keysSeen, [[`${under}/new.html`, `${under}/old.html`], [`${under}/new.html`]]);
    const { body } = await keeper.request('GET', '/editions/1');
    const asked = fastly.requests.at(-1);
    assert.equal(asked?.path, `/service/service/purge/${(body as { surrogate_key: string }).surrogate_key}`);
    assert.equal(asked.headers['fastly-key'], 'key');
  });

  it('runs purges as separate activities only when the CDN does not confirm them at once', async () => {
    const purgesIn = async (): Promise<number> => {
      const { events = [] } = await keeper.client.workflow.getHandle(rebuildWorkflowId(1)).fetchHistory();
      const names = (events ?? []).map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
      return names.filter((name) => name === 'purgeEdition').length;
    };
    await taskEnd(keeper, await announce(keeper, await makeBuild(keeper, product, { 'one.html': 'one' })));
    assert.equal(await purgesIn(), 0);
    // The copy's, repeated, and the removal's, repeated.
    const statuses = [503, 200, 503, 200];
    fastly.replyWith(() => ({ status: statuses.shift() ?? 200 }));
    await taskEnd(keeper, await announce(keeper, await makeBuild(keeper, product, { 'new.html': 'new' })));
    assert.equal(await purgesIn(), 2);
  });

  it('purges again after a removal whose first attempt was not answered', async () => {
    const { faults, name: bucket } = keeper.bucket;
    await taskEnd(keeper, await announce(keeper, await makeBuild(keeper, product, { 'gone.html': 'gone' })));
    // As often as one attempt sends it: the objects are deleted, and the attempt never learns of it.
    const rule = faults.addRule({
      match: { bucket, operation: 'DeleteObjects' },
      action: { kind: 'reset', when: 'after-work' },
      times: 5,
    });
    keysSeen.length = 0;
    await taskEnd(keeper, await announce(keeper, await makeBuild(keeper, product, { 'new.html': 'left' })));
    faults.removeRule(rule.id);
    assert.deepEqual(keysSeen.at(-1), [`${product}/v/main/new.html`]);
  });

  it('does not wait for the purge between the deletion of pages and of assets', async () => {
    const under = `${product}/v/main`;
    const before = { 'gone.html': 'gone', 'gone.css': 'gone', 'new.html': 'new' };
    await taskEnd(keeper, await announce(keeper, await makeBuild(keeper, product, before)));
    keysSeen.length = 0;
    const hasRemovedPagesAlone = (): boolean =>
      keysSeen.at(-1)?.join() === [`${under}/gone.css`, `${under}/new.html`].join();
    fastly.replyWith(() => ({ status: hasRemovedPagesAlone() ? 503 : 200 }));
    const task = await announce(keeper, await makeBuild(keeper, product, { 'new.html': 'new' }));
    assert.equal((await taskEnd(keeper, task)).status, 'SUCCESS');
    assert.ok(keysSeen.some((keys) => keys.includes(`${under}/gone.css`) && keys.length === 2));
    assert.deepEqual(keysSeen.at(-1), [`${under}/new.html`]);
    fastly.replyWith({ status: 200 });
  });

  it('retries a purge while the CDN is down, and reports it in the task', async () => {
    fastly.replyWith({ status: 503 });
    const task = await announce(keeper, await makeBuild(keeper, product, { 'new.html': 'newer' }));
    await eventually('the task to report the CDN', async () => {
      const { status, metadata } = await readTaskOnce(keeper, task);
      return status === 'RETRY' && (metadata.editions[0]?.last_error ?? '').includes('503');
    });
    fastly.replyWith({ status: 200 });
    assert.equal((await taskEnd(keeper, task)).status, 'SUCCESS');
  });

  it('keeps a publication valid when the CDN refuses the purge permanently', async () => {
    fastly.replyWith({ status: 403 });
    const task = await announce(keeper, await makeBuild(keeper, product, { 'new.html': 'newest' }));
    const ended = await taskEnd(keeper, task);
    assert.equal(ended.status, 'SUCCESS');
    assert.match(ended.metadata.editions[0]?.last_error ?? '', /published, but the CDN was not purged: .*403/);
    assert.equal(await keeper.bucket.read(`${product}/v/main/new.html`), 'newest');
  });

  it('gives a purge up after a while for newer work', async () => {
    fastly.replyWith({ status: 503 });
    const waiting = await announce(keeper, await makeBuild(keeper, product, { 'new.html': 'waiting' }));
    await eventually('the purge to wait', async () => (await readTaskOnce(keeper, waiting)).status === 'RETRY');
    const newer = await announce(keeper, await makeBuild(keeper, product, { 'new.html': 'last' }));
    await eventually(
      'the newer build to be copied',
      async () => (await keeper.bucket.read(`${product}/v/main/new.html`)) === 'last',
    );
    fastly.replyWith({ status: 200 });
    assert.equal((await taskEnd(keeper, newer)).status, 'SUCCESS');
    assert.equal((await taskEnd(keeper, waiting)).status, 'REVOKED');
  });
});
