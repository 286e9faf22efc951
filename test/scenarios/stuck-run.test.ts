import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import type { EditionEvent } from '../../src/domain/edition-event.js';
import { createWorkflowStarter } from '../../src/integrations/temporal/workflow-starter.js';
import { dashboardWorkflowId, eventsWorkflowId, rebuildWorkflowId } from '../../src/workflows/contract.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { announce, atRest, makeBuild, makeProduct, taskEnd } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

/** A failing workflow task is retried every 10 s. In milliseconds. */
const timeoutMs = 120_000;

describe('runs that no worker can continue', function () {
  this.timeout(2 * timeoutMs);
  let keeper: TestKeeper;

  before(async () => {
    keeper = await startTestKeeper();
    await makeProduct(keeper, 'pipelines');
  });

  after(async () => {
    await keeper.close();
  });

  it('replaces stuck runs by Reconcile, which publishes, builds the dashboard and delivers the event', async () => {
    const build = await makeBuild(keeper, 'pipelines', { 'index.html': 'one' });
    const task = await announce(keeper, build);
    await createWorkflowStarter(keeper.client).signalEvents({
      editionId: 1,
      productSlug: 'pipelines',
      editionSlug: 'main',
    });
    const runs = await Promise.all([rebuildWorkflowId(1), dashboardWorkflowId(1), eventsWorkflowId(1)].map(spoil));
    const told: EditionEvent[] = [];
    await startTestWorker(keeper, { events: { deliver: (event) => Promise.resolve(void told.push(event)) } });
    await eventually('the runs to be replaced', () => areReplaced(runs), timeoutMs);
    assert.equal((await taskEnd(keeper, task)).status, 'SUCCESS');
    assert.equal((await atRest(keeper, 1)).published_build_url, build.url);
    await eventually('the event to be delivered', () => Promise.resolve(told.length > 0));
    assert.deepEqual(
      told.map(({ edition }) => edition.build_url),
      [build.url],
    );
  });

  /** The run is paused before a worker takes its first task, and gets a history that no worker can replay. */
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
