import assert from 'node:assert/strict';
import { recordDashboardAttempt } from '../../../src/db/protocol/dashboard.js';
import { transaction } from '../../../src/db/transaction.js';
import { bodyOf, startTestApi, type TestApi } from '../../support/api.js';
import { createTestProduct, type Json, type TestProduct } from '../../support/builds.js';
import { productRow } from '../../support/protocol.js';

describe('the routes of dashboards', () => {
  let api: TestApi;

  before(async () => {
    api = await startTestApi();
  });

  after(() => api.close());

  it('builds no dashboard when there is no product', async () => {
    const admin = await api.as('product');
    assert.deepEqual(bodyOf(await admin.post('/dashboards').expect(202)), {});
  });

  describe('requests for the dashboards of products', () => {
    let one: TestProduct;
    let other: TestProduct;

    before(async () => {
      one = await createTestProduct(api);
      other = await createTestProduct(api);
    });

    it('shows a product, its editions and its builds as their own addresses show them', async () => {
      const { admin, slug, main } = one;
      const build = await one.upload('main');
      const ended = await one.edition({ slug: 'ended' });
      await admin.delete(`/editions/${ended}`).expect(200);
      const deprecated = await one.register('main');
      await admin.delete(`/builds/${deprecated}`).expect(200);
      const at = async (path: string): Promise<Json> => bodyOf(await api.http.get(path).expect(200));
      assert.deepEqual(await at(`/products/${slug}/dashboard`), {
        product: await at(`/products/${slug}`),
        editions: [await at(`/editions/${main}`), await at(`/editions/${ended}`)],
        builds: [await at(`/builds/${build}`), await at(`/builds/${deprecated}`)],
      });
    });

    it("answers a request for one product's dashboard with its address", async () => {
      const { admin, slug } = one;
      const before = api.signalled.dashboards.length;
      const answer = bodyOf(await admin.post(`/products/${slug}/dashboard`).expect(202));
      assert.deepEqual(Object.keys(answer), ['queue_url']);
      assert.deepEqual(
        api.signalled.dashboards.slice(before).map(({ productSlug }) => productSlug),
        [slug],
      );
      await build(slug);
      assert.equal((await task(answer))['status'], 'SUCCESS');
    });

    it('reports the dashboards of all products as one task in the least advanced phase', async () => {
      const answer = bodyOf(await one.admin.post('/dashboards').expect(202));
      assert.deepEqual(await progress(answer), ['PENDING', 'waiting', null]);
      await build(one.slug);
      assert.deepEqual(await progress(answer), ['PENDING', 'waiting', null]);
      await attempt(other.slug, { result: 'failed', error: 'the dashboard failed' });
      assert.deepEqual(await progress(answer), ['RETRY', 'retrying', 'the dashboard failed']);
      await build(other.slug);
      assert.deepEqual(await progress(answer), ['SUCCESS', 'built', null]);
    });

    it('accepts any body, or none, in a request for dashboards', async () => {
      const { admin } = one;
      for (const path of ['/dashboards', `/products/${one.slug}/dashboard`]) {
        await admin.post(path).set('Content-Type', 'text/plain').send('not JSON').expect(202);
        await admin.post(path).set('Content-Type', 'application/json').send('{').expect(202);
      }
    });

    it('answers 404 for the dashboard of an unknown product', async () => {
      const { admin } = one;
      await api.http.get('/products/unknown/dashboard').expect(404);
      await admin.post('/products/unknown/dashboard').expect(404);
    });

    it('allows only users who administer products to rebuild dashboards', async () => {
      const uploader = await api.as('user,edition,upload,deprecate');
      for (const path of ['/dashboards', `/products/${one.slug}/dashboard`, '/products/unknown/dashboard']) {
        await api.http.post(path).expect(401);
        await uploader.post(path).expect(403);
      }
    });

    it('allows only POST at the address of dashboards, without a slash at its end', async () => {
      assert.equal((await api.http.get('/dashboards').expect(405)).get('allow'), 'OPTIONS, POST');
      const patched = await api.http.patch(`/products/${one.slug}/dashboard`).expect(405);
      assert.equal(patched.get('allow'), 'GET, HEAD, OPTIONS, POST');
      await api.http.get(`/products/${one.slug}/dashboard/`).expect(404);
    });
  });

  async function task(answer: Json): Promise<Json> {
    const { pathname } = new URL(String(answer['queue_url']));
    return bodyOf(await api.http.get(pathname).expect(200));
  }

  async function progress(answer: Json): Promise<unknown[]> {
    const { status, metadata } = await task(answer);
    const { dashboard, dashboard_error: error } = metadata as Json;
    return [status, dashboard, error];
  }

  function build(slug: string): Promise<void> {
    return attempt(slug, { result: 'built' });
  }

  /** Marks a product's dashboard as ended in this way, as the workflow does. */
  async function attempt(slug: string, ended: Parameters<typeof recordDashboardAttempt>[2]): Promise<void> {
    const { id } = await api.knex('products').where({ slug }).first<{ id: number }>('id');
    const { dashboard_generation: generation } = await productRow(api.knex, id);
    await transaction(api.knex, (trx) => recordDashboardAttempt(trx, { productId: id, generation }, ended));
  }
});
