import assert from 'node:assert/strict';
import { createDasherDashboard } from '../../src/integrations/dashboard/dasher-dashboard.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { announce, makeBuild, makeProduct, type ScenarioTask, taskEnd } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';
import { type Dasher, type DasherDashboard, startDasher } from './dasher.js';

const product = 'pipelines';

for (const bulk of [true, false])
  describe(`LTD Dasher ${bulk ? '0.1.11' : 'before 0.1.8, which asks for each edition and build'}`, () => {
    let keeper: TestKeeper;
    let dasher: Dasher;

    before(async () => {
      keeper = await startTestKeeper();
      dasher = await startDasher(keeper.bucket, { bulk });
      keeper.cleanUp.push(() => dasher.close());
      await startTestWorker(keeper, { dashboard: createDasherDashboard({ url: dasher.url }) });
      await makeProduct(keeper, product);
      // A release, a ticket branch, an edition that never shows a build, and a deprecated build and edition.
      for (const ref of ['main', 'v1.0', 'tickets/DM-1234', 'gone'])
        await taskEnd(keeper, await announce(keeper, await makeBuild(keeper, product, { 'index.html': ref }, [ref])));
      await makeEdition('empty', { mode: 'manual' });
      await keeper.request('DELETE', '/editions/4');
      await keeper.request('DELETE', '/builds/4');
    });

    after(async () => {
      await keeper.close();
    });

    it('builds the dashboard of a product on request', async () => {
      const task = await ask(`/products/${product}/dashboard`);
      assert.deepEqual([task.status, task.metadata.dashboard], ['SUCCESS', 'built']);
      assert.deepEqual(dasher.failures, []);
    });

    it("reads the product from LTD Keeper's answers", () => {
      const { surrogate_key: key, ...rest } = newest().product;
      assert.match(key, /^[0-9a-f]{32}$/);
      assert.deepEqual(rest, {
        published_url: 'https://pipelines.example.org',
        doc_repo: 'https://example.org/repo',
        slug: product,
        title: product,
        domain: 'pipelines.example.org',
        bucket_name: keeper.bucket.name,
      });
    });

    it('reads its editions and builds with their dates', () => {
      const ended = bulk ? ['gone'] : [];
      const { editions, builds } = newest();
      assert.deepEqual(
        editions.map(({ slug, gitRef }) => [slug, gitRef]),
        [
          ['main', 'main'],
          ['v1.0', 'v1.0'],
          ['DM-1234', 'tickets/DM-1234'],
          ...ended.map((slug) => [slug, slug]),
          ['empty', null],
        ],
      );
      assert.deepEqual(
        builds.map(({ gitRef }) => gitRef),
        ['main', 'v1.0', 'tickets/DM-1234', ...ended],
      );
      const dates = [...editions, ...builds].map(({ date }) => date.getTime());
      assert.ok(dates.every((date) => date <= Date.now() && date > Date.now() - 600_000));
    });

    it('puts its pages where readers find them', async () => {
      const page = await keeper.bucket.read(`${product}/v/index.html`);
      assert.match(page, /href="https:\/\/pipelines\.example\.org\/v\/v1\.0">v1\.0</);
    });

    it('reads the same addresses as with LTD Keeper 1.x', () => {
      const expected = bulk ? [`/products/${product}/dashboard`] : [`/products/${product}`];
      assert.deepEqual(
        [...new Set(dasher.asked.filter((path) => path.startsWith('/products/')))],
        [...expected, ...(bulk ? [] : [`/products/${product}/editions/`, `/products/${product}/builds/`])],
      );
    });

    it('builds the dashboards of all products for one task', async () => {
      await makeProduct(keeper, 'other');
      const before = dasher.built.length;
      const task = await ask('/dashboards');
      assert.deepEqual([task.status, task.metadata.dashboard], ['SUCCESS', 'built']);
      const slugs = dasher.built.slice(before).map((dashboard) => dashboard.product.slug);
      assert.deepEqual([...new Set(slugs)].sort(), ['other', product]);
      assert.deepEqual(dasher.failures, []);
    });

    async function ask(path: string): Promise<ScenarioTask> {
      const { status, body } = await keeper.request('POST', path);
      assert.equal(status, 202);
      return taskEnd(keeper, new URL((body as { queue_url: string }).queue_url).pathname);
    }

    async function makeEdition(slug: string, rest: object): Promise<void> {
      const body = { slug, title: slug, ...rest };
      assert.equal((await keeper.request('POST', `/products/${product}/editions/`, body)).status, 201);
    }

    function newest(): DasherDashboard {
      return dasher.built.at(-1) ?? assert.fail('it has built none');
    }
  });
