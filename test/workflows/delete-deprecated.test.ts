import assert from 'node:assert/strict';
import { createFastlyCdn } from '../../src/integrations/cdn/fastly-cdn.js';
import { deletionWorkflowId, rebuildWorkflowId } from '../../src/workflows/contract.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { type RecordingServer, startRecordingServer } from '../support/recording-server.js';
import {
  ageBuilds,
  announce,
  atRest,
  contents,
  makeBuild,
  makeProduct,
  pages,
  readEdition,
  type ScenarioBuild,
  taskEnd,
} from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

const product = 'pipelines';

describe('deletion of deprecated editions and builds without a delay', function () {
  this.timeout(120_000);
  let keeper: TestKeeper;
  let fastly: RecordingServer;

  before(async () => {
    keeper = await startTestKeeper();
    fastly = await startRecordingServer();
    keeper.cleanUp.push(() => fastly.close());
    await startTestWorker(keeper, {
      cdn: createFastlyCdn({ serviceId: 'service', apiKey: 'key', apiUrl: fastly.url }),
      deletion: { deprecatedAfterDays: 0, abandonedUploadHours: 24, abandonedUploads: false },
    });
    await makeProduct(keeper, product);
  });

  after(async () => {
    await keeper.close();
  });

  const keys = (prefix: string): Promise<string[]> => keeper.bucket.keys(`${product}/${prefix}`);
  const deprecate = async (path: string): Promise<void> => {
    await ageBuilds(keeper);
    await keeper.request('DELETE', path);
  };

  /** A published build of refs whose registration creates an edition. */
  async function publish(refs: string, objects: Readonly<Record<string, string>>): Promise<ScenarioBuild> {
    const build = await makeBuild(keeper, product, objects, [refs]);
    assert.equal((await taskEnd(keeper, await announce(keeper, build))).status, 'SUCCESS');
    return build;
  }

  async function editionOf(slug: string): Promise<number> {
    const row = await keeper.knex('editions').where({ slug }).first<{ id: number }>();
    return row.id;
  }

  async function untilPurged(table: 'editions' | 'builds', id: number): Promise<void> {
    await eventually(
      `${table} ${id} to be purged`,
      async () => {
        const row = await keeper.knex(table).where({ id }).first<{ objects_deleted_at: Date | null }>();
        return row.objects_deleted_at !== null;
      },
      60_000,
    );
  }

  function slowDeletions(): () => void {
    const { faults, name: bucket } = keeper.bucket;
    const rule = faults.addRule({
      match: { bucket, operation: 'DeleteObjects' },
      action: { kind: 'delay', delayMs: 2_000 },
    });
    return () => {
      faults.removeRule(rule.id);
    };
  }

  function wasPurgedAtCdn(surrogateKey: string): boolean {
    return fastly.requests.some(({ path }) => path.endsWith(`/purge/${surrogateKey}`));
  }

  it('deletes an edition with its redirect and purges it, and keeps v10 when it deletes v1', async () => {
    await publish('v1', { 'index.html': 'one', 'a.css': 'a' });
    await publish('v10', { 'index.html': 'ten' });
    const v1 = await editionOf('v1');
    await deprecate(`/editions/${v1}`);
    assert.equal((await keys('v/v1/')).length, 2);
    const { surrogate_key: key } = await keeper.knex('editions').where({ id: v1 }).first<{ surrogate_key: string }>();
    const told = fastly.requests.length;
    await pass(keeper);
    await untilPurged('editions', v1);
    assert.deepEqual(await keys('v/v1'), [`${product}/v/v10`, `${product}/v/v10/index.html`]);
    assert.ok(fastly.requests.slice(told).some(({ path }) => path.endsWith(`/purge/${key}`)));
    const { published_build_url: published, build_url: declared } = await readEdition(keeper, v1);
    assert.deepEqual([published, declared], [null, null]);
  });

  it('deletes an unused build with its redirect, and keeps builds/10 when it deletes builds/1', async () => {
    const [old, neighbour, shown] = [
      await publish('v2', { 'index.html': 'old', 'b/c.css': 'c' }),
      await makeBuild(keeper, product, { 'index.html': 'neighbour' }, ['v2']),
      await publish('v2', { 'index.html': 'shown' }),
    ];
    const root = old.prefix.slice(0, -1);
    // As if it were builds/10 beside builds/1.
    await keeper.bucket.put(`${root}0/index.html`, 'stays');
    await keeper.bucket.put(root, '', { Metadata: { 'dir-redirect': 'true' } });
    for (const build of [old, shown]) await deprecate(`/builds/${build.id}`);
    await pass(keeper);
    await untilPurged('builds', old.id);
    assert.deepEqual(await keeper.bucket.keys(root), [`${root}0/index.html`]);
    const { surrogate_key: key } = await keeper.knex('builds').where({ id: old.id }).first<{ surrogate_key: string }>();
    assert.ok(wasPurgedAtCdn(key));
    assert.equal((await keeper.bucket.keys(shown.prefix)).length, 1, 'an edition shows it');
    assert.equal((await keeper.bucket.keys(neighbour.prefix)).length, 1, 'it is not deprecated');
  });

  it('restores an edition that is revived half-way through its deletion, which then tracks builds', async () => {
    const objects = { ...pages(30, 'page'), 'style.css': 'css' };
    await publish('v3', objects);
    const v3 = await editionOf('v3');
    const hurry = slowDeletions();
    await deprecate(`/editions/${v3}`);
    await pass(keeper);
    await eventually('the redirect to be gone', async () => !(await keys('v/v3')).includes(`${product}/v/v3`));
    const next = await makeBuild(keeper, product, { 'index.html': 'next' }, ['v3']);
    hurry();
    await atRest(keeper, v3);
    assert.deepEqual(await contents(keeper, `${product}/v/v3/`), objects);
    await pass(keeper);
    await taskEnd(keeper, await announce(keeper, next));
    assert.equal((await readEdition(keeper, v3)).published_build_url, next.url);
    assert.deepEqual(await contents(keeper, `${product}/v/v3/`), { 'index.html': 'next' });
  });

  it('lets a deleted edition show a new build of its refs', async () => {
    await publish('v4', { 'index.html': 'four' });
    const v4 = await editionOf('v4');
    await deprecate(`/editions/${v4}`);
    await pass(keeper);
    await untilPurged('editions', v4);
    await publish('v4', { 'index.html': 'four again' });
    assert.deepEqual(await contents(keeper, `${product}/v/v4/`), { 'index.html': 'four again' });
  });

  it('completes deletions whose runs are terminated, which Reconcile starts again', async () => {
    const build = await publish('v5', { ...pages(5, 'page'), 'style.css': 'css' });
    const other = await makeBuild(keeper, product, { ...pages(5, 'page'), 'style.css': 'css' }, ['v5']);
    const v5 = await editionOf('v5');
    const hurry = slowDeletions();
    for (const path of [`/editions/${v5}`, `/builds/${other.id}`]) await deprecate(path);
    await pass(keeper);
    const runs = [rebuildWorkflowId(v5), deletionWorkflowId(other.id)];
    await eventually('the deletions to begin', async () => (await keeper.bucket.keys(other.prefix)).length < 6);
    for (const id of runs) await keeper.temporal.temporal('workflow', 'terminate', '--workflow-id', id);
    hurry();
    await pass(keeper);
    await untilPurged('editions', v5);
    await untilPurged('builds', other.id);
    assert.deepEqual([await keys('v/v5'), await keeper.bucket.keys(other.prefix)], [[], []]);
    assert.equal((await keeper.bucket.keys(build.prefix)).length, 6, 'it is not deprecated');
  });

  it('retries while the store refuses, and completes once it accepts', async () => {
    const build = await makeBuild(keeper, product, { 'index.html': 'kept' }, ['v4']);
    const { faults, name: bucket } = keeper.bucket;
    const match = { bucket, operation: 'DeleteObjects' } as const;
    const rule = faults.addRule({ match, action: { kind: 'error', status: 403, code: 'AccessDenied' } });
    await deprecate(`/builds/${build.id}`);
    await pass(keeper);
    const run = keeper.client.workflow.getHandle(deletionWorkflowId(build.id));
    await eventually('the run to wait', async () => {
      const { events = [] } = await run.fetchHistory();
      return (events ?? []).some(({ timerStartedEventAttributes: timer }) => timer);
    });
    faults.removeRule(rule.id);
    await untilPurged('builds', build.id);
    assert.deepEqual(await keeper.bucket.keys(build.prefix), []);
  });
});

describe('deprecated editions and builds without a setting for their deletion', () => {
  let keeper: TestKeeper;

  before(async () => {
    keeper = await startTestKeeper();
    await startTestWorker(keeper);
    await makeProduct(keeper, product);
  });

  after(async () => {
    await keeper.close();
  });

  it('keeps deprecated and abandoned objects', async () => {
    const build = await makeBuild(keeper, product, { 'index.html': 'one' });
    await taskEnd(keeper, await announce(keeper, build));
    const open = await makeBuild(keeper, product, {});
    const unused = await makeBuild(keeper, product, { 'index.html': 'unused' });
    for (const path of ['/editions/1?force=true', `/builds/${build.id}`, `/builds/${unused.id}`])
      await keeper.request('DELETE', path);
    await keeper
      .knex('editions')
      .whereNotNull('date_ended')
      .update({ date_ended: new Date(0) });
    await keeper
      .knex('builds')
      .whereNotNull('date_ended')
      .update({ date_ended: new Date(0) });
    await keeper
      .knex('builds')
      .where({ id: open.id })
      .update({ date_created: new Date(0) });
    const before = await keeper.bucket.keys(`${product}/`);
    await pass(keeper);
    await pass(keeper);
    const after = await keeper.bucket.keys(`${product}/`);
    assert.deepEqual(after, before);
    const { rows } = await keeper.knex.raw<{ rows: { id: number }[] }>(
      'SELECT id FROM builds WHERE abandoned_at IS NOT NULL OR deletion_started_at IS NOT NULL',
    );
    assert.deepEqual(rows, [{ id: open.id }]);
  });
});

/** Runs a pass of Reconcile. */
async function pass(keeper: TestKeeper): Promise<void> {
  await keeper.client.workflow.execute('Reconcile', { workflowId: 'reconcile-now', taskQueue: 'keeper' });
}
