import assert from 'node:assert/strict';
import { recordDashboardAttempt } from '../../../src/db/protocol/dashboard.js';
import { transaction } from '../../../src/db/transaction.js';
import { bodyOf, startTestApi, type TestApi } from '../../support/api.js';
import { createTestProduct, type Json, type TestProduct } from '../../support/builds.js';
import { productRow } from '../../support/protocol.js';

describe('dashboards', () => {
  let api: TestApi;

  before(async () => {
    api = await startTestApi();
  });

  after(() => api.close());

  it('are none to build where there is no product', async () => {
    const admin = await api.as('product');
    assert.deepEqual(bodyOf(await admin.post('/dashboards').expect(202)), {});
  });

  describe('of products', () => {
    let one: TestProduct;
    let other: TestProduct;

    before(async () => {
      one = await createTestProduct(api);
      other = await createTestProduct(api);
    });

    it('show a product, its editions and its builds as they are shown alone', async () => {
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

    it('of one product are asked for with its address', async () => {
      const { admin, slug } = one;
      const before = api.woken.dashboards.length;
      const answer = bodyOf(await admin.post(`/products/${slug}/dashboard`).expect(202));
      assert.deepEqual(Object.keys(answer), ['queue_url']);
      assert.deepEqual(
        api.woken.dashboards.slice(before).map(({ productSlug }) => productSlug),
        [slug],
      );
      await build(slug);
      assert.equal((await task(answer))['status'], 'SUCCESS');
    });

    it('of all products are one task, which tells of the farthest from its end', async () => {
      const answer = bodyOf(await one.admin.post('/dashboards').expect(202));
      assert.deepEqual(await progress(answer), ['PENDING', 'waiting', null]);
      await build(one.slug);
      assert.deepEqual(await progress(answer), ['PENDING', 'waiting', null]);
      await attempt(other.slug, { result: 'failed', error: 'Dasher is away' });
      assert.deepEqual(await progress(answer), ['RETRY', 'retrying', 'Dasher is away']);
      await build(other.slug);
      assert.deepEqual(await progress(answer), ['SUCCESS', 'built', null]);
    });

    it('are asked for with any body, or none', async () => {
      const { admin } = one;
      for (const path of ['/dashboards', `/products/${one.slug}/dashboard`]) {
        await admin.post(path).set('Content-Type', 'text/plain').send('not JSON').expect(202);
        await admin.post(path).set('Content-Type', 'application/json').send('{').expect(202);
      }
    });

    it('are not found for a product that is none', async () => {
      const { admin } = one;
      await api.http.get('/products/unknown/dashboard').expect(404);
      await admin.post('/products/unknown/dashboard').expect(404);
    });

    it('are built again for those who may administer products alone', async () => {
      const uploader = await api.as('user,edition,upload,deprecate');
      for (const path of ['/dashboards', `/products/${one.slug}/dashboard`, '/products/unknown/dashboard']) {
        await api.http.post(path).expect(401);
        await uploader.post(path).expect(403);
      }
    });

    it('have one method each that writes, and no slash at their end', async () => {
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

  /** Does what the workflow does for a product, with this end. */
  async function attempt(slug: string, ended: Parameters<typeof recordDashboardAttempt>[2]): Promise<void> {
    const { id } = await api.knex('products').where({ slug }).first<{ id: number }>('id');
    const { dashboard_generation: generation } = await productRow(api.knex, id);
    await transaction(api.knex, (trx) => recordDashboardAttempt(trx, { productId: id, generation }, ended));
  }
});
