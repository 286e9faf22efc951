import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { declareRebuild } from '../../src/db/protocol/declare.js';
import { lockProductAndEdition } from '../../src/db/protocol/lock.js';
import { openTask } from '../../src/db/protocol/open-task.js';
import { transaction } from '../../src/db/transaction.js';
import { ensureReconcileSchedule } from '../../src/integrations/temporal/reconcile-schedule.js';
import { reconcileScheduleId } from '../../src/workflows/contract.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { announce, atRest, makeBuild, makeProduct, taskEnd } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

describe('Reconcile', () => {
  let keeper: TestKeeper;
  const product = 'pipelines';
  const edition = 1;

  before(async () => {
    keeper = await startTestKeeper();
    await startTestWorker(keeper);
    await makeProduct(keeper, product);
    await taskEnd(keeper, await announce(keeper, await makeBuild(keeper, product, { 'index.html': 'one' })));
  });

  after(async () => {
    await keeper.close();
  });

  async function pass(): Promise<unknown> {
    return keeper.client.workflow.execute('Reconcile', { workflowId: 'reconcile-now', taskQueue: 'keeper' });
  }

  it('starts a rebuild whose API died before it could signal the workflow', async () => {
    const build = await makeBuild(keeper, product, { 'index.html': 'two' });
    await keeper.knex('builds').where({ id: build.id }).update({ uploaded: true });
    const { taskId } = await transaction(keeper.knex, async (trx) => {
      const { product: row } = await lockProductAndEdition(trx, edition);
      const rebuild = await declareRebuild(trx, {
        editionId: edition,
        buildId: build.id,
        requestedBy: 'test',
        trackedBuildId: build.id,
      });
      return openTask(trx, { productId: row.id, rebuilds: [rebuild] });
    });
    await pass();
    assert.equal((await taskEnd(keeper, `/queue/${taskId}`)).status, 'SUCCESS');
    assert.equal((await atRest(keeper, edition)).published_build_url, build.url);
  });

  it('builds a dirty dashboard that was never signalled', async () => {
    const { taskId } = await transaction(keeper.knex, (trx) => openTask(trx, { productId: 1, rebuilds: [] }));
    await pass();
    assert.equal((await taskEnd(keeper, `/queue/${taskId}`)).status, 'SUCCESS');
  });

  it('restores a dirty edition without a new generation', async () => {
    await keeper.knex('editions').where({ id: edition }).update({ dirty: true });
    await keeper.bucket.put(`${product}/v/main/left-over.html`, 'left over');
    await pass();
    await atRest(keeper, edition);
    assert.deepEqual(await keeper.bucket.keys(`${product}/v/main/`), [`${product}/v/main/index.html`]);
  });

  /** A pass skips an edition whose row is locked, as by the last step of a run that is about to end. */
  async function passUntilAudited(): Promise<void> {
    await eventually('the edition to be audited', async () => {
      await pass();
      return (await keeper.knex('editions').whereNotNull('audited_at')).length > 0;
    });
  }

  it('finds a foreign object below an edition at rest, and restores the edition', async () => {
    await keeper.knex('editions').update({ audited_at: null });
    await keeper.bucket.put(`${product}/v/main/drifted.html`, 'written by another program');
    await passUntilAudited();
    await eventually('the foreign object to be deleted', async () => {
      const keys = await keeper.bucket.keys(`${product}/v/main/`);
      return keys.length === 1;
    });
    assert.equal((await atRest(keeper, edition)).pending_rebuild, false);
  });

  it('audits one edition a minute, whichever worker runs the pass', async () => {
    await keeper.bucket.put(`${product}/v/main/later.html`, 'not audited yet');
    await pass();
    assert.equal((await keeper.bucket.keys(`${product}/v/main/`)).length, 2);
    await keeper.knex('editions').update({ audited_at: null });
    await passUntilAudited();
    await eventually('the later foreign object to be deleted', async () => {
      const keys = await keeper.bucket.keys(`${product}/v/main/`);
      return keys.length === 1;
    });
  });

  it('changes no edition and no mark when the database was restored from an older copy', async () => {
    await atRest(keeper, edition);
    await pass();
    await keeper.knex('editions').update({ audited_at: new Date() });
    await keeper.knex('bucket_marks').update({ tokens: [randomUUID()] });
    const before = await keeper.knex('editions').select();
    const marks = await keeper.knex('bucket_marks').select();
    await pass();
    await pass();
    assert.deepEqual(await keeper.knex('editions').select(), before);
    assert.deepEqual(await keeper.knex('bucket_marks').select(), marks);
  });

  it('creates a missing schedule, keeps an existing one, and runs by it', async () => {
    const handle = keeper.client.schedule.getHandle(reconcileScheduleId);
    assert.equal(await ensureReconcileSchedule(keeper.client), true);
    await handle.pause('an operator looks into something');
    assert.equal(await ensureReconcileSchedule(keeper.client), false);
    const { spec, state, policies } = await handle.describe();
    assert.deepEqual([spec.intervals?.[0]?.every, state.paused, policies.overlap], [30_000, true, 'SKIP']);
    await handle.unpause();
    await handle.trigger();
    await eventually('a pass to be made', async () => (await handle.describe()).info.numActionsTaken > 0);
    await handle.delete();
  });
});
