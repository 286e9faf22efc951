import assert from 'node:assert/strict';
import { createDasherDashboard } from '../../src/integrations/dashboard/dasher-dashboard.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { type RecordingServer, startRecordingServer } from '../support/recording-server.js';
import { announce, makeBuild, makeProduct, readTaskOnce, taskEnd } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

describe('BuildDashboard', () => {
  let keeper: TestKeeper;
  let dasher: RecordingServer;
  const product = 'pipelines';

  before(async () => {
    keeper = await startTestKeeper();
    dasher = await startRecordingServer();
    dasher.replyWith({ status: 202 });
    keeper.cleanUp.push(() => dasher.close());
    await startTestWorker(keeper, { dashboard: createDasherDashboard({ url: dasher.url }) });
    await makeProduct(keeper, product);
  });

  after(async () => {
    await keeper.close();
  });

  async function changeTitle(): Promise<string> {
    const { body } = await keeper.request('PATCH', `/products/${product}`, { title: 'Another' });
    return new URL((body as { queue_url: string }).queue_url).pathname;
  }

  it('asks Dasher for the dashboard of the product, by the address that requests came to', async () => {
    const task = await taskEnd(keeper, await changeTitle());
    assert.deepEqual([task.status, task.metadata.dashboard], ['SUCCESS', 'built']);
    const asked = dasher.requests.at(-1);
    assert.deepEqual([asked?.method, asked?.path], ['POST', '/build']);
    assert.deepEqual(JSON.parse(asked?.body ?? ''), {
      product_urls: [`${keeper.baseUrl}/products/${product}`],
    });
  });

  it('tries again until Dasher is back: a task that is only a dashboard waits, a publication does not', async () => {
    dasher.replyWith({ status: 503 });
    const dashboardTask = await changeTitle();
    await eventually('the first attempt to fail', async () => {
      const { status } = await readTaskOnce(keeper, dashboardTask);
      return status === 'RETRY';
    });
    const build = await makeBuild(keeper, product, { 'index.html': 'one' });
    const published = await taskEnd(keeper, await announce(keeper, build));
    assert.deepEqual([published.status, published.metadata.dashboard], ['SUCCESS', 'retrying']);
    dasher.replyWith({ status: 202 });
    const built = await taskEnd(keeper, dashboardTask);
    assert.deepEqual([built.status, built.metadata.dashboard], ['SUCCESS', 'built']);
  });
});

describe('BuildDashboard without Dasher', () => {
  it('says that the dashboard was skipped', async () => {
    const keeper = await startTestKeeper();
    try {
      await startTestWorker(keeper);
      await makeProduct(keeper, 'pipelines');
      const { body } = await keeper.request('PATCH', '/products/pipelines', {});
      const task = await taskEnd(keeper, new URL((body as { queue_url: string }).queue_url).pathname);
      assert.deepEqual([task.status, task.metadata.dashboard], ['SUCCESS', 'skipped']);
    } finally {
      await keeper.close();
    }
  });
});
