import assert from 'node:assert/strict';
import { rebuildDashboards } from '../../src/services/rebuild-dashboards.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { productBody } from '../support/products.js';

const baseUrl = 'https://keeper.example.org';

/** More dashboards than are signalled at once. */
const count = 60;

describe('rebuildDashboards', () => {
  let api: TestApi;

  before(async () => {
    api = await startTestApi();
  });

  after(() => api.close());

  it('returns no task when there is no product', async () => {
    assert.equal(await rebuildDashboards(api.deps, { baseUrl }), null);
  });

  it('refuses to rebuild the dashboard of an unknown product', async () => {
    await assert.rejects(rebuildDashboards(api.deps, { productId: 1, baseUrl }), { code: 'not_found' });
  });

  describe('many products', () => {
    before(async () => {
      const admin = await api.as('product');
      for (let n = 0; n < count; n += 1)
        await admin.post('/products/', productBody({ slug: `product-${n}` })).expect(201);
    });

    beforeEach(() => {
      api.signalled.dashboards.length = 0;
    });

    it('signals the dashboard of each product with the generation that it requested', async () => {
      await rebuildDashboards(api.deps, { baseUrl });
      const rows = await api
        .knex('products')
        .orderBy('id')
        .select<{ productId: number; productSlug: string; generation: number }[]>({
          productId: 'id',
          productSlug: 'slug',
          generation: 'dashboard_generation',
        });
      assert.deepEqual(api.signalled.dashboards, rows);
      assert.equal(rows.length, count);
    });

    it('signals the dashboard of the named product only', async () => {
      await rebuildDashboards(api.deps, { productId: 7, baseUrl });
      assert.deepEqual(
        api.signalled.dashboards.map(({ productId }) => productId),
        [7],
      );
    });

    it('leaves the remaining dashboards to Reconcile when Temporal does not answer', async () => {
      let asked = 0;
      const signalDashboard = (): Promise<void> => {
        asked += 1;
        return Promise.reject(new Error('down'));
      };
      const workflows = { ...api.deps.workflows, signalDashboard };
      assert.notEqual(await rebuildDashboards({ ...api.deps, workflows }, { baseUrl }), null);
      assert.ok(asked < count, `${asked} dashboards were signalled`);
    });
  });
});
