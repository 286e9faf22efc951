import assert from 'node:assert/strict';
import { rebuildWorkflowId } from '../../src/workflows/contract.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import {
  announce,
  contents,
  copyBegun,
  makeBuild,
  makeProduct,
  pages,
  slowCopies,
  taskEnd,
} from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

const name = 'ltd-keeper';

describe('workers with a deployment version', function () {
  this.timeout(180_000);
  let keeper: TestKeeper;

  before(async () => {
    keeper = await startTestKeeper();
    await makeProduct(keeper, 'pipelines');
  });
  after(async () => {
    await keeper.close();
  });

  const start = (buildId: string): Promise<() => Promise<void>> =>
    startTestWorker(keeper, { deployment: { name, buildId } });

  /** As an operator does, once the server has registered the version. */
  async function makeCurrent(buildId: string): Promise<void> {
    const version = ['--deployment-name', name, '--build-id', buildId];
    await eventually(`version ${buildId} to become the current one`, async () => {
      await keeper.temporal.temporal('worker', 'deployment', 'set-current-version', ...version, '--yes');
      return true;
    });
  }

  /** The version that continued the edition's newest run. */
  async function versionOfRun(): Promise<string | null | undefined> {
    const { raw } = await keeper.client.workflow.getHandle(rebuildWorkflowId(1)).describe();
    const { versioningInfo } = raw.workflowExecutionInfo ?? {};
    assert.equal(versioningInfo?.behavior, 2); // VERSIONING_BEHAVIOR_AUTO_UPGRADE
    return versioningInfo.deploymentVersion?.buildId;
  }

  it('publishes once the version of the workers is the current one', async () => {
    await start('1.24.0');
    await makeCurrent('1.24.0');
    const task = await announce(keeper, await makeBuild(keeper, 'pipelines', pages(3, 'first')));
    assert.equal((await taskEnd(keeper, task)).status, 'SUCCESS');
    assert.equal(await versionOfRun(), '1.24.0');
  });

  it('hands an open publication over to the next version, which completes it', async () => {
    const normal = slowCopies(keeper, 5_000);
    const old = await start('1.24.1');
    await makeCurrent('1.24.1');
    const task = await announce(keeper, await makeBuild(keeper, 'pipelines', pages(200, 'second')));
    await copyBegun(keeper, task);
    await start('1.25.0');
    await makeCurrent('1.25.0');
    await old();
    normal();
    assert.equal((await taskEnd(keeper, task)).status, 'SUCCESS');
    assert.equal(await versionOfRun(), '1.25.0');
    const published = await contents(keeper, 'pipelines/v/main/');
    assert.equal(published['page-199.html'], 'second 199');
  });
});
