import assert from 'node:assert/strict';
import { mapEach } from '../../src/process/limits.js';
import { dashboardWorkflowId, wakeSignal } from '../../src/workflows/contract.js';
import { createDasherDashboard } from '../../src/integrations/dashboard/dasher-dashboard.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { type RecordingServer, startRecordingServer } from '../support/recording-server.js';
import {
  announce,
  copyBegun,
  makeBuild,
  makeProduct,
  pages,
  readTaskOnce,
  slowCopies,
  steer,
  taskEnd,
} from '../support/scenario.js';
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

  it("asks Dasher for the product's dashboard at the base URL of the last request", async () => {
    const task = await taskEnd(keeper, await changeTitle());
    assert.deepEqual([task.status, task.metadata.dashboard], ['SUCCESS', 'built']);
    const asked = dasher.requests.at(-1);
    assert.deepEqual([asked?.method, asked?.path], ['POST', '/build']);
    assert.deepEqual(JSON.parse(asked?.body ?? ''), {
      product_urls: [`${keeper.baseUrl}/products/${product}`],
    });
  });

  it('retries until Dasher recovers, while only the task of a dashboard waits for it', async () => {
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

  it('keeps its pauses across passes of Reconcile, and ends once Dasher recovers', async () => {
    dasher.replyWith({ status: 503 });
    const task = await changeTitle();
    const run = keeper.client.workflow.getHandle(dashboardWorkflowId(1));
    await eventually('the pause after several attempts', async () => {
      const [pending] = (await run.describe()).raw.pendingActivities ?? [];
      return (pending?.attempt ?? 0) > 3;
    });
    const { runId, historyLength } = await run.describe();
    const pass = { workflowId: 'reconcile-now', taskQueue: 'keeper' };
    await keeper.client.workflow.execute('Reconcile', pass);
    await keeper.client.workflow.execute('Reconcile', pass);
    const after = await run.describe();
    assert.deepEqual([after.runId, after.historyLength], [runId, historyLength]);
    dasher.replyWith({ status: 202 });
    assert.equal((await taskEnd(keeper, task)).metadata.dashboard, 'built');
  });

  it('continues as a new run before its history grows too long, however many signals arrive', async () => {
    dasher.replyWith({ status: 503 });
    const task = await changeTitle();
    const { product_id: productId } = await keeper.knex('editions').first<{ product_id: number }>('product_id');
    const run = keeper.client.workflow.getHandle(dashboardWorkflowId(productId));
    const { runId } = await run.describe();
    const wake = (): Promise<void> => run.signal(wakeSignal, { generation: 1 });
    // Temporal suggests a new run at 4,096 events, and each signal is one.
    await mapEach(Array.from({ length: 4_100 }), 50, wake);
    await eventually('another run', async () => {
      await wake();
      return (await run.describe()).runId !== runId;
    });
    const { status } = await keeper.client.workflow.getHandle(dashboardWorkflowId(productId), runId).describe();
    assert.equal(status.name, 'CONTINUED_AS_NEW');
    dasher.replyWith({ status: 202 });
    assert.equal((await taskEnd(keeper, task)).metadata.dashboard, 'built');
  });
});

describe('BuildDashboard without Dasher', () => {
  let keeper: TestKeeper;
  before(async () => {
    keeper = await startTestKeeper();
    await startTestWorker(keeper, { dashboard: 'built-in' });
    await makeProduct(keeper, 'pipelines');
  });
  after(async () => {
    await keeper.close();
  });

  const read = (path: string): Promise<string> => keeper.bucket.read(`pipelines/${path}`);
  const changed = async (change: object): Promise<[status: string, dashboard: string]> => {
    const { body } = await keeper.request('PATCH', '/products/pipelines', change);
    const task = await taskEnd(keeper, new URL((body as { queue_url: string }).queue_url).pathname);
    return [task.status, task.metadata.dashboard];
  };

  it('renders the pages itself, with the current title', async () => {
    assert.deepEqual(await changed({ title: 'Science <b>Pipelines</b>' }), ['SUCCESS', 'built']);
    assert.match(await read('v/index.html'), /<h1>Science &lt;b&gt;Pipelines&lt;\/b&gt;<\/h1>/);
  });

  it('lists a build once it is uploaded, and an edition once it shows one', async () => {
    const build = await makeBuild(keeper, 'pipelines', { 'index.html': 'one' });
    assert.doesNotMatch(await read('builds/index.html'), /href="\.\.\/builds\/1\/"/);
    await taskEnd(keeper, await announce(keeper, build));
    await eventually('the dashboard to show the build', async () =>
      (await read('builds/index.html')).includes('href="../builds/1/"'),
    );
    await eventually('the dashboard to show the edition at rest', async () => {
      const page = await read('v/index.html');
      return page.includes('<a class="name" href="../">') && !page.includes('>updating<');
    });
    assert.deepEqual(JSON.parse(await read('v/switcher.json')), [
      { name: 'Latest', version: 'main', url: 'https://pipelines.example.org/', preferred: true },
    ]);
  });

  it('shows that an edition is updating when its rebuild takes longer than the interval of Reconcile', async () => {
    const fast = slowCopies(keeper, 2_000);
    const build = await makeBuild(keeper, 'pipelines', pages(20, 'two'));
    const task = await announce(keeper, build);
    await copyBegun(keeper, task);
    const pass = { workflowId: 'reconcile-now', taskQueue: 'keeper' };
    await keeper.client.workflow.execute('Reconcile', pass);
    await eventually('the dashboard to show it', async () => (await read('v/index.html')).includes('>updating<'));
    fast();
    await taskEnd(keeper, task);
    assert.doesNotMatch(await read('v/index.html'), />updating</);
  });

  it('lists a build without files without a link until its files have arrived', async () => {
    const row = async (id: string): Promise<string> => {
      const page = await read('builds/index.html');
      return (
        page
          .split('<tr')
          .slice(1)
          .find((each) => each.includes(`>${id}<`)) ?? ''
      );
    };
    const build = await makeBuild(keeper, 'pipelines', {});
    const id = build.slug;
    assert.equal((await taskEnd(keeper, await announce(keeper, build))).status, 'FAILURE');
    await eventually('the build without files', async () => (await row(id)).includes('no files'));
    assert.doesNotMatch(await row(id), new RegExp(`href="\\.\\./builds/${id}/"`));
    // A late upload uses a signed form, and a user requests the build again.
    await keeper.bucket.put(`${build.prefix}index.html`, 'late', { ContentType: 'text/html' });
    const [edition] = (await keeper.knex('editions').where({ slug: 'main' }).select('id')) as [{ id: number }];
    assert.equal((await taskEnd(keeper, await steer(keeper, edition.id, { build_url: build.url }))).status, 'SUCCESS');
    await eventually('the link', async () => (await row(id)).includes(`href="../builds/${id}/"`));
    assert.doesNotMatch(await row(id), /no files/);
  });

  it('lists no build that is deprecated', async () => {
    for (const { id } of await keeper.knex('builds').select<{ id: number }[]>('id'))
      await keeper.request('DELETE', `/builds/${id}`);
    assert.deepEqual(await changed({}), ['SUCCESS', 'built']);
    assert.match(await read('builds/index.html'), /No build has been uploaded yet/);
  });

  it('writes nothing for a build that is only registered', async () => {
    await changed({});
    const { faults, name } = keeper.bucket;
    const last = faults.log().at(-1)?.sequence;
    await makeBuild(keeper, 'pipelines', {});
    assert.deepEqual(await changed({}), ['SUCCESS', 'built']);
    const asked = faults.log(last).filter(({ bucket }) => bucket === name);
    // The registration lists the folder of the new number.
    const operations = new Set(asked.map(({ operation }) => operation));
    assert.deepEqual([...operations].toSorted(), ['HeadObject', 'ListObjectsV2']);
  });
});
