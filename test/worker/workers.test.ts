import assert from 'node:assert/strict';
import { NativeConnection } from '@temporalio/worker';
import { workflowBundle } from '../../scripts/workflow-bundle.js';
import type { Activities } from '../../src/activities/activities.js';
import { createWorkers } from '../../src/worker/workers.js';
import { copyActivityId, rebuildWorkflowId, taskQueues } from '../../src/workflows/contract.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { announce, makeBuild, makeProduct, pages, taskEnd } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

describe('createWorkers', () => {
  let keeper: TestKeeper;

  before(async () => {
    keeper = await startTestKeeper();
    await makeProduct(keeper, 'pipelines');
  });
  after(async () => {
    await keeper.close();
  });

  it('serves the configured task queues, and leaves the others to other processes', async () => {
    await startTestWorker(keeper, { queues: [taskQueues.keeper] });
    const task = await announce(keeper, await makeBuild(keeper, 'pipelines', pages(3, 'a')));
    const pending = await eventually('the copy to be requested', async () => {
      const { raw } = await keeper.client.workflow.getHandle(rebuildWorkflowId(1)).describe();
      return raw.pendingActivities?.find(({ activityId }) => activityId === copyActivityId);
    });
    assert.equal(pending.lastStartedTime ?? null, null, 'a worker polls this queue');

    await startTestWorker(keeper, { queues: [taskQueues.copy] });
    assert.equal((await taskEnd(keeper, task)).status, 'SUCCESS');
  });

  it('gives a workflow enough time to compute on a busy machine', async () => {
    const connection = await NativeConnection.connect({ address: keeper.temporal.address });
    const [worker] = await createWorkers({
      connection,
      namespace: keeper.temporal.namespace,
      activities: {} as Activities, // the worker does not run, so it executes none
      workflowBundle: await workflowBundle(),
      queues: [taskQueues.keeper],
      deployment: null,
      copySlots: 1,
      manifestSlots: 1,
    });
    // After Temporal's 5 s, Node.js 20 would end the process: "async hook stack has become corrupted".
    assert.equal(worker?.options.isolateExecutionTimeoutMs, 600_000);
    const ended = worker.run();
    worker.shutdown();
    await ended;
    await connection.close();
  });
});
