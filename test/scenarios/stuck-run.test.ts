import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import type { EditionEvent } from '../../src/domain/edition-event.js';
import { createWorkflowStarter } from '../../src/integrations/temporal/workflow-starter.js';
import { dashboardWorkflowId, eventsWorkflowId, rebuildWorkflowId } from '../../src/workflows/contract.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { announce, atRest, makeBuild, makeProduct, taskEnd } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

/** A task that fails is tried again after 10 s each time. Milliseconds. */
const patience = 120_000;

describe('runs that no worker can go on with', function () {
  this.timeout(2 * patience);
  let keeper: TestKeeper;

  before(async () => {
    keeper = await startTestKeeper();
    await makeProduct(keeper, 'pipelines');
  });

  after(async () => {
    await keeper.close();
  });

  it('are replaced by Reconcile: the edition is published, its dashboard built, its event told', async () => {
    const build = await makeBuild(keeper, 'pipelines', { 'index.html': 'one' });
    const task = await announce(keeper, build);
    await createWorkflowStarter(keeper.client).signalEvents({
      editionId: 1,
      productSlug: 'pipelines',
      editionSlug: 'main',
    });
    const runs = await Promise.all(
      [rebuildWorkflowId(1), dashboardWorkflowId(1), eventsWorkflowId(1)].map(spoil),
    );
    const told: EditionEvent[] = [];
    await startTestWorker(keeper, { events: { deliver: (event) => Promise.resolve(void told.push(event)) } });
    await eventually('the runs to be replaced', () => areReplaced(runs), patience);
    assert.equal((await taskEnd(keeper, task)).status, 'SUCCESS');
    assert.equal((await atRest(keeper, 1)).published_build_url, build.url);
    await eventually('the event to be told', () => Promise.resolve(told.length > 0));
    assert.deepEqual(
      told.map(({ edition }) => edition.build_url),
      [build.url],
    );
  });

  /** Paused before a worker takes its first task, a run gets a history that none can replay. */
  async function spoil(workflowId: string): Promise<WorkflowHandle> {
    for (const verb of ['pause', 'unpause'])
      await keeper.temporal.temporal('workflow', verb, '--workflow-id', workflowId);
    const { runId } = await keeper.client.workflow.getHandle(workflowId).describe();
    return keeper.client.workflow.getHandle(workflowId, runId);
  }

  async function areReplaced(runs: readonly WorkflowHandle[]): Promise<boolean> {
    await keeper.client.workflow.execute('Reconcile', { workflowId: 'reconcile-now', taskQueue: 'keeper' });
    const ends = await Promise.all(runs.map((run) => run.describe()));
    return ends.every(({ status }) => status.name === 'TERMINATED');
  }
});
