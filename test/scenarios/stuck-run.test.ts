import assert from 'node:assert/strict';
import { rebuildWorkflowId } from '../../src/workflows/contract.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { announce, atRest, makeBuild, makeProduct, taskEnd } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

/** A task that fails is tried again after 10 s each time. Milliseconds. */
const patience = 120_000;

describe('a run that no worker can go on with', function () {
  this.timeout(2 * patience);
  let keeper: TestKeeper;

  before(async () => {
    keeper = await startTestKeeper();
    await makeProduct(keeper, 'pipelines');
  });

  after(async () => {
    await keeper.close();
  });

  it('is replaced by Reconcile, and its edition published', async () => {
    const build = await makeBuild(keeper, 'pipelines', { 'index.html': 'one' });
    const task = await announce(keeper, build);
    const id = rebuildWorkflowId(1);
    // Paused before a worker takes its first task, a run gets a history that none can replay.
    for (const verb of ['pause', 'unpause'])
      await keeper.temporal.temporal('workflow', verb, '--workflow-id', id);
    const { runId } = await keeper.client.workflow.getHandle(id).describe();
    await startTestWorker(keeper);
    await eventually(
      'the run to be replaced',
      async () => {
        await keeper.client.workflow.execute('Reconcile', {
          workflowId: 'reconcile-now',
          taskQueue: 'keeper',
        });
        return (await keeper.client.workflow.getHandle(id, runId).describe()).status.name === 'TERMINATED';
      },
      patience,
    );
    assert.equal((await taskEnd(keeper, task)).status, 'SUCCESS');
    assert.equal((await atRest(keeper, 1)).published_build_url, build.url);
  });
});
