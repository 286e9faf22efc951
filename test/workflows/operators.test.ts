import assert from 'node:assert/strict';
import { copyActivityId, rebuildWorkflowId } from '../../src/workflows/contract.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import {
  announce,
  atRest,
  contents,
  copyBegun,
  makeBuild,
  makeProduct,
  pages,
  type ScenarioBuild,
  slowCopies,
  steer,
  taskEnd,
} from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

describe('operator commands for a run', () => {
  let keeper: TestKeeper;
  let published: ScenarioBuild;
  const edition = 1;
  const product = 'pipelines';
  const workflowId = rebuildWorkflowId(edition);
  const shown = (): Promise<Record<string, string>> => contents(keeper, `${product}/v/main/`);

  before(async () => {
    keeper = await startTestKeeper();
    await startTestWorker(keeper, { copy: { concurrency: 8 } });
    await makeProduct(keeper, product);
    published = await makeBuild(keeper, product, { 'index.html': 'published', 'kept.html': 'kept' });
    await taskEnd(keeper, await announce(keeper, published));
  });

  after(async () => {
    await keeper.close();
  });

  /** Starts a publication, and interferes with it in mid-copy. */
  async function inMidCopy(interfere: () => Promise<unknown>): Promise<{ task: string; build: ScenarioBuild }> {
    const hurry = slowCopies(keeper, 600);
    const build = await makeBuild(keeper, product, { 'index.html': 'new', ...pages(60, 'new') });
    const task = await announce(keeper, build);
    await copyBegun(keeper, task);
    await eventually('the first pages to be written', async () => Object.keys(await shown()).length > 2);
    await interfere();
    hurry();
    return { task, build };
  }

  async function assertRestored(build: ScenarioBuild): Promise<void> {
    const row = await atRest(keeper, edition);
    assert.deepEqual(await shown(), { 'index.html': 'published', 'kept.html': 'kept' });
    assert.deepEqual([row.build_url, row.published_build_url], [build.url, published.url]);
  }

  it('restores the published build when an operator cancels a rebuild', async () => {
    const { task, build } = await inMidCopy(() =>
      keeper.temporal.temporal('workflow', 'cancel', '--workflow-id', workflowId),
    );
    assert.equal((await taskEnd(keeper, task)).status, 'REVOKED');
    await assertRestored(build);
    await eventually('the run to end as cancelled', async () => {
      const { status } = await keeper.client.workflow.getHandle(workflowId).describe();
      return status.name === 'CANCELLED';
    });
  });

  it('restores the published build when a pending rebuild is reset through the API', async () => {
    const { task, build } = await inMidCopy(() => steer(keeper, edition, { pending_rebuild: false }));
    const ended = await taskEnd(keeper, task);
    assert.deepEqual([ended.status, ended.metadata.editions[0]?.outcome], ['REVOKED', 'reset']);
    await assertRestored(build);
  });

  it('publishes through a pass of Reconcile when an operator terminates a run', async () => {
    const { task, build } = await inMidCopy(() =>
      keeper.temporal.temporal('workflow', 'terminate', '--workflow-id', workflowId),
    );
    await keeper.client.workflow.execute('Reconcile', { workflowId: 'reconcile-now', taskQueue: 'keeper' });
    assert.equal((await taskEnd(keeper, task)).status, 'SUCCESS');
    assert.equal((await atRest(keeper, edition)).published_build_url, build.url);
    assert.equal(Object.keys(await shown()).length, 61);
    published = build;
    await taskEnd(keeper, await steer(keeper, edition, { build_url: '/builds/1' }));
  });

  it('repeats the copy and publishes nothing when an operator completes the copy by hand', async () => {
    const counts = {
      objects_total: 0,
      objects_done: 0,
      objects_unchanged: 0,
      objects_removed: 0,
      bytes_done: 0,
    };
    const of = ['--workflow-id', workflowId, '--activity-id', copyActivityId];
    const { task, build } = await inMidCopy(() =>
      keeper.temporal.temporal('activity', 'complete', ...of, '--result', JSON.stringify(counts)),
    );
    const ended = await taskEnd(keeper, task, 110_000);
    assert.equal(ended.status, 'SUCCESS');
    assert.equal(Object.keys(await shown()).length, 61);
    assert.equal((await atRest(keeper, edition)).published_build_url, build.url);
    await taskEnd(keeper, await steer(keeper, edition, { build_url: '/builds/1' }));
  });

  it('shows the subject, the phase and the progress of a run in the Web UI', async () => {
    const { task } = await inMidCopy(async () => {
      const { memo, staticSummary, raw } = await describeRun();
      assert.match((await staticSummary()) ?? '', /pipelines: edition main, build \d+ \(\/builds\/\d+\)/);
      assert.equal(memo?.['phase'], 'copying');
      assert.equal(memo['product'], product);
      const details = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads?.[0]?.data;
      assert.match(Buffer.from(details ?? []).toString(), /"objects_done":\d/);
      const status = await keeper.temporal.temporal(
        'workflow',
        'query',
        '--workflow-id',
        workflowId,
        '--type',
        'status',
      );
      assert.match(status, /copying/);
    });
    await taskEnd(keeper, task);
  });

  function describeRun(): ReturnType<ReturnType<TestKeeper['client']['workflow']['getHandle']>['describe']> {
    return keeper.client.workflow.getHandle(workflowId).describe();
  }
});
