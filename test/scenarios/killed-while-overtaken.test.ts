import assert from 'node:assert/strict';
import { rebuildWorkflowId } from '../../src/workflows/contract.js';
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
  slowCopies,
  taskEnd,
} from '../support/scenario.js';
import { startWorkerProcess } from '../support/worker-process.js';

/** Long enough for the server to give the killed attempt up, in milliseconds. */
const timeoutMs = 150_000;

describe('a worker killed with -9 after its copy was told to stop for a newer build', function () {
  this.timeout(2 * timeoutMs);
  let keeper: TestKeeper;

  before(async () => {
    keeper = await startTestKeeper();
    await makeProduct(keeper, 'pipelines');
  });

  after(async () => {
    await keeper.close();
  });

  it('ends the older build as superseded and publishes the newer one', async () => {
    const worker = await startWorkerProcess(keeper, { LTD_COPY_CONCURRENCY: '2' });
    const hurry = slowCopies(keeper, 5_000);
    const older = await announce(keeper, await makeBuild(keeper, 'pipelines', pages(20, 'older')));
    await copyBegun(keeper, older);
    await eventually('a copy to be in flight', () =>
      Promise.resolve(keeper.bucket.faults.stats().byOperation['CopyObject']?.inFlight !== 0),
    );
    const build = await makeBuild(keeper, 'pipelines', { 'index.html': 'newer' });
    const newer = await announce(keeper, build);
    await eventually('the copy to be told to stop', async () =>
      (await keeper.temporal.temporal('workflow', 'show', '--workflow-id', rebuildWorkflowId(1))).includes(
        'ActivityTaskCancelRequested',
      ),
    );
    await worker.kill();
    hurry();
    await startWorkerProcess(keeper);
    assert.equal((await taskEnd(keeper, newer, timeoutMs)).status, 'SUCCESS');
    const { status, metadata } = await taskEnd(keeper, older);
    assert.deepEqual([status, metadata.editions[0]?.outcome], ['REVOKED', 'superseded']);
    assert.equal((await atRest(keeper, 1)).published_build_url, build.url);
    assert.deepEqual(await contents(keeper, 'pipelines/v/main/'), { 'index.html': 'newer' });
  });
});
