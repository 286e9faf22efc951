import assert from 'node:assert/strict';
import { withRequestId } from '../../src/observability/request-context.js';
import { rebuildWorkflowId, taskQueues, workflowTypes } from '../../src/workflows/contract.js';
import { eventually } from '../support/eventually.js';
import { basic, startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { makeBuild, makeProduct, taskEnd } from '../support/scenario.js';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.js';

const product = 'pipelines';

/** The request to the store that shows a build to readers. */
const published = `CopyObject ${product}/v/main/index.html`;

describe('the id of a request', function () {
  this.timeout(90_000);
  let keeper: TestKeeper;
  let worker: WorkerProcess;

  before(async () => {
    keeper = await startTestKeeper();
    await makeProduct(keeper, product);
  });

  after(async () => {
    await keeper.close();
  });

  /** Completes a new build by a request with this id; returns the path of its task. */
  async function announceAs(id: string): Promise<string> {
    const build = await makeBuild(keeper, product, { 'index.html': id });
    const answer = await fetch(build.url, {
      method: 'PATCH',
      headers: {
        authorization: basic(keeper.token, ''),
        'content-type': 'application/json',
        'x-request-id': id,
      },
      body: JSON.stringify({ uploaded: true }),
    });
    assert.equal(answer.headers.get('x-request-id'), id);
    return new URL(((await answer.json()) as { queue_url: string }).queue_url).pathname;
  }

  /** The requests to the bucket that had this id. */
  function stored(id: string): string[] {
    const { faults, name } = keeper.bucket;
    return faults
      .log()
      .filter(({ bucket, userAgent }) => bucket === name && userAgent?.includes(`(request ${id})`))
      .map(({ operation, key }) => `${operation} ${key ?? ''}`.trim());
  }

  async function loggedFor(id: string): Promise<unknown[]> {
    return (await worker.lines()).filter((line) => line['requestId'] === id).map((line) => line['msg']);
  }

  it('keeps the request id after a lost signal, since Reconcile finds it in the database', async () => {
    const task = await announceAs('lost-request');
    await keeper.client.workflow.getHandle('rebuild-edition-1').terminate();
    worker = await startWorkerProcess(keeper);
    // By hand, so that the test need not wait for the schedule.
    await keeper.client.workflow.execute('Reconcile', { workflowId: 'reconcile-now', taskQueue: 'keeper' });
    await taskEnd(keeper, task);
    assert.ok(stored('lost-request').includes(published));
    assert.ok((await loggedFor('lost-request')).includes('copy done'));
  });

  it("shows the request id in the history, in the worker's log and in the store's log", async () => {
    await taskEnd(keeper, await announceAs('whole-way'));
    assert.ok(stored('whole-way').includes(published));
    const logged = await loggedFor('whole-way');
    for (const line of ['copy begins', 'copy done']) assert.ok(logged.includes(line), line);
    const { events } = await keeper.client.workflow.getHandle('rebuild-edition-1').fetchHistory();
    const scheduled = (events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes ?? []);
    assert.ok(scheduled.length > 3);
    for (const { header } of scheduled)
      assert.equal(Buffer.from(header?.fields?.['ltd-request-id']?.data ?? []).toString(), '"whole-way"');
  });

  it('logs the request id with a failing activity and a failing workflow', async () => {
    const unknownEdition = 4_711;
    const run = withRequestId('to-no-end', () =>
      keeper.client.workflow.execute(workflowTypes.rebuildEdition, {
        workflowId: rebuildWorkflowId(unknownEdition),
        taskQueue: taskQueues.keeper,
        args: [{ editionId: unknownEdition }],
      }),
    );
    await assert.rejects(run);
    await eventually('the line of the workflow', async () => (await worker.logged('Workflow failed')).length > 0);
    for (const message of ['Activity failed', 'Workflow failed']) {
      const lines = await worker.logged(message);
      assert.deepEqual(
        lines
          .filter((line) => line['workflowId'] === rebuildWorkflowId(unknownEdition))
          .map((line) => line['requestId']),
        ['to-no-end'],
        message,
      );
    }
  });

  it('passes the request id on to the dashboard workflow', async () => {
    await eventually('the dashboard to be written', () =>
      Promise.resolve(stored('whole-way').includes(`PutObject ${product}/v/index.html`)),
    );
  });

  it('sends no request with the id of another one', () => {
    assert.deepEqual(
      ['lost-request', 'whole-way'].map((id) => stored(id).filter((request) => request === published).length),
      [1, 1],
    );
  });
});
