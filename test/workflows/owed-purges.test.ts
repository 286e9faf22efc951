import assert from 'node:assert/strict';
import { createFastlyCdn } from '../../src/integrations/cdn/fastly-cdn.js';
import { rebuildWorkflowId } from '../../src/workflows/contract.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { type RecordingServer, startRecordingServer } from '../support/recording-server.js';
import {
  announce,
  atRest,
  copyBegun,
  makeBuild,
  makeProduct,
  pages,
  readEdition,
  readTaskOnce,
  slowCopies,
  steer,
  taskEnd,
} from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

const product = 'pipelines';
const edition = 1;

describe('a purge that the CDN refuses because its key has expired', function () {
  this.timeout(120_000);
  let keeper: TestKeeper;
  let fastly: RecordingServer;

  before(async () => {
    keeper = await startTestKeeper();
    fastly = await startRecordingServer();
    keeper.cleanUp.push(() => fastly.close());
    await startTestWorker(keeper, {
      cdn: createFastlyCdn({ serviceId: 'service', apiKey: 'key', apiUrl: fastly.url }),
      dashboard: 'built-in',
      deletion: { deprecatedAfterDays: 0, abandonedUploadHours: 24, abandonedUploads: false },
    });
    await makeProduct(keeper, product);
    await publish({ 'index.html': 'first', 'style.css': 'first' });
    await dashboardAtRest();
  });

  afterEach(() => {
    fastly.replyWith({ status: 200 });
  });

  after(async () => {
    await keeper.close();
  });

  async function publish(objects: Readonly<Record<string, string>>): Promise<string> {
    const task = await announce(keeper, await makeBuild(keeper, product, objects));
    assert.equal((await taskEnd(keeper, task)).status, 'SUCCESS');
    return task;
  }

  async function pass(): Promise<void> {
    await keeper.client.workflow.execute('Reconcile', { workflowId: 'reconcile-now', taskQueue: 'keeper' });
  }

  interface CachedColumns {
    readonly surrogate_key: string;
    readonly purge_due: number;
    readonly purge_done: number;
    readonly purge_failures: number;
    readonly purge_after: Date | null;
  }

  const rowOf = (table: 'editions' | 'products', id = 1): Promise<CachedColumns> =>
    keeper.knex(table).where({ id }).first<CachedColumns>();

  async function owes(table: 'editions' | 'products'): Promise<boolean> {
    const row = await rowOf(table);
    return row.purge_done < row.purge_due;
  }

  async function dashboardAtRest(): Promise<void> {
    await eventually('the dashboard to be at rest', async () => {
      const { built, wanted } = await keeper.knex('products').first<{ built: number; wanted: number }>({
        built: 'dashboard_built_generation',
        wanted: 'dashboard_generation',
      });
      return built === wanted && !(await owes('products'));
    });
  }

  /** Repairs the key, ends the pauses, and returns the keys that a pass of Reconcile purges. */
  async function purgedAfterRepair(table: 'editions' | 'products'): Promise<readonly (string | undefined)[]> {
    fastly.replyWith({ status: 200 });
    const sent = fastly.requests.length;
    await keeper.knex(table).update({ purge_after: null });
    await pass();
    await eventually('the owed purge to be confirmed', async () => !(await owes(table)));
    // The first success ends the pause of other owed purges.
    await pass();
    await eventually('nothing to be owed', async () => !(await owes('editions')) && !(await owes('products')));
    return fastly.requests.slice(sent).map(({ path }) => path.split('/').at(-1));
  }

  it('keeps a purge owed after the publication, and sends it once the key is repaired', async () => {
    fastly.replyWith({ status: 403 });
    const task = await publish({ 'index.html': 'second' });
    await atRest(keeper, edition);
    const { last_error: warning } = (await readTaskOnce(keeper, task)).metadata.editions[0] ?? {};
    assert.match(warning ?? '', /published, but the CDN was not purged: .*403/);
    assert.equal(await owes('editions'), true);
    const { surrogate_key: key, purge_failures: failures } = await rowOf('editions');
    assert.ok(failures > 0);
    assert.ok((await purgedAfterRepair('editions')).includes(key));
    await dashboardAtRest();
  });

  it('starts no plan for an owed purge alone, and leaves the edition clean', async () => {
    fastly.replyWith({ status: 403 });
    await publish({ 'index.html': 'third' });
    await atRest(keeper, edition);
    const run = keeper.client.workflow.getHandle(rebuildWorkflowId(edition));
    const runEnd = (): Promise<boolean> =>
      eventually('the run to end', async () => (await run.describe()).status.name !== 'RUNNING');
    // A run that has not ended would take the pass's signal and start no other.
    await runEnd();
    await keeper.knex('editions').update({ purge_after: null });
    const rebuilds = await keeper.knex('rebuilds').count();
    await pass();
    await runEnd();
    const { events } = await run.fetchHistory();
    const steps = (events ?? []).flatMap(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? [],
    );
    assert.deepEqual(steps, ['beginRebuild', 'purgeEdition']);
    const { dirty, plan_id: plan } = await keeper.knex('editions').first<{ dirty: boolean; plan_id: string | null }>();
    assert.deepEqual([dirty, plan, await keeper.knex('rebuilds').count()], [false, null, rebuilds]);
    assert.equal((await readEdition(keeper, edition)).pending_rebuild, false);
    const { purge_after: after } = await rowOf('editions');
    assert.ok(after !== null, 'a pause follows the failed attempt');
    const { surrogate_key: key } = await rowOf('editions');
    assert.ok((await purgedAfterRepair('editions')).includes(key));
    await dashboardAtRest();
  });

  it('does not retry an owed purge before its pause is over', async () => {
    fastly.replyWith({ status: 403 });
    await publish({ 'index.html': 'fourth' });
    await atRest(keeper, edition);
    await dashboardRefused();
    const sent = fastly.requests.length;
    await pass();
    await pass();
    assert.equal(fastly.requests.length, sent);
    const { surrogate_key: key } = await rowOf('editions');
    assert.deepEqual(await purgedAfterRepair('editions'), [key, await dashboardKey()]);
  });

  it('keeps a purge owed after a restore', async () => {
    const faster = slowCopies(keeper, 5_000);
    const task = await announce(keeper, await makeBuild(keeper, product, pages(80, 'cancelled')));
    await copyBegun(keeper, task);
    fastly.replyWith({ status: 403 });
    await keeper.client.workflow.getHandle(rebuildWorkflowId(edition)).cancel();
    faster();
    await taskEnd(keeper, task);
    await atRest(keeper, edition);
    assert.deepEqual(await keeper.bucket.keys(`${product}/v/main/`), [`${product}/v/main/index.html`]);
    await dashboardRefused();
    const { surrogate_key: key } = await rowOf('editions');
    assert.deepEqual(await purgedAfterRepair('editions'), [key, await dashboardKey()]);
  });

  it('keeps a purge owed after an edition was healed', async () => {
    fastly.replyWith({ status: 403 });
    await keeper.bucket.put(`${product}/v/main/drifted.html`, 'written by another program');
    await keeper.knex('editions').update({ audited_at: null });
    // A pass skips an edition whose row is locked, as by the last step of a run that is about to end.
    await eventually('the edition to be audited', async () => {
      await pass();
      return (await keeper.knex('editions').whereNotNull('audited_at')).length > 0;
    });
    await eventually('the foreign object to be deleted', async () => {
      return (await keeper.bucket.keys(`${product}/v/main/`)).length === 1;
    });
    await atRest(keeper, edition);
    const { surrogate_key: key } = await rowOf('editions');
    assert.deepEqual(await purgedAfterRepair('editions'), [key]);
  });

  it('keeps a purge owed after a rename, also for the old address', async () => {
    fastly.replyWith({ status: 403 });
    await taskEnd(keeper, await steer(keeper, edition, { slug: 'renamed', force: true }));
    await atRest(keeper, edition);
    assert.deepEqual(await keeper.bucket.keys(`${product}/v/main/`), []);
    await dashboardRefused();
    const { surrogate_key: key } = await rowOf('editions');
    assert.deepEqual(await purgedAfterRepair('editions'), [key, await dashboardKey()]);
  });

  it('keeps a purge owed after the dashboard was written, which counts as built', async () => {
    fastly.replyWith({ status: 403 });
    const { body } = await keeper.request('PATCH', `/products/${product}`, { title: 'Another' });
    const task = await taskEnd(keeper, new URL((body as { queue_url: string }).queue_url).pathname);
    assert.deepEqual([task.status, task.metadata.dashboard], ['SUCCESS', 'built']);
    assert.match(await keeper.bucket.read(`${product}/v/index.html`), /Another/);
    assert.deepEqual(await purgedAfterRepair('products'), [await dashboardKey()]);
  });

  it('keeps a purge owed after the objects of a deprecated edition were deleted', async () => {
    await keeper.request('DELETE', `/editions/${edition}?force=true`);
    await dashboardAtRest();
    fastly.replyWith({ status: 403 });
    await pass();
    await eventually('the objects to be deleted', async () => {
      const row = await keeper.knex('editions').first<{ objects_deleted_at: Date | null }>();
      return row.objects_deleted_at !== null;
    });
    assert.deepEqual(await keeper.bucket.keys(`${product}/v/renamed`), []);
    const { surrogate_key: key } = await rowOf('editions');
    assert.deepEqual(await purgedAfterRepair('editions'), [key]);
  });

  async function dashboardKey(): Promise<string> {
    return (await rowOf('products')).surrogate_key;
  }

  async function dashboardRefused(): Promise<void> {
    await eventually('the purge of the dashboard to be refused', async () => {
      return (await rowOf('products')).purge_after !== null;
    });
  }
});
