import assert from 'node:assert/strict';
import { Edition } from '../../src/db/models/edition.js';
import { bodyOf, startTestApi, type TestApi } from '../support/api.js';
import { createTestProduct, rebuildsOf, settle } from '../support/builds.js';

describe('deprecateEdition', () => {
  let api: TestApi;

  before(async () => {
    api = await startTestApi();
  });
  after(() => api.close());

  const rowOf = async (id: number): Promise<Edition> => Edition.query(api.knex).findById(id).throwIfNotFound();

  it('cancels a pending rebuild, and signals its workflow and the dashboard', async () => {
    const product = await createTestProduct(api);
    const build = await product.register('main');
    const first = bodyOf(await product.admin.patch(`/builds/${build}`, { uploaded: true }).expect(200));
    const signalled = {
      editions: api.signalled.editions.length,
      dashboards: api.signalled.dashboards.length,
    };
    const second = bodyOf(await product.admin.delete(`/editions/${product.main}?force=true`).expect(200));
    const { pending_rebuild: pending, build_id: declared, date_ended: ended } = await rowOf(product.main);
    assert.deepEqual([pending, declared], [false, build]);
    assert.ok(ended instanceof Date);
    const [rebuild] = await rebuildsOf(api.knex, first['queue_url']);
    assert.equal(rebuild?.outcome, 'cancelled');
    assert.deepEqual(await rebuildsOf(api.knex, second['queue_url']), []);
    assert.deepEqual(
      api.signalled.editions.slice(signalled.editions).map(({ editionId, generation }) => [editionId, generation]),
      [[product.main, 1]],
    );
    assert.equal(api.signalled.dashboards.length, signalled.dashboards + 1);
  });

  it('signals only the dashboard when nothing is pending', async () => {
    const product = await createTestProduct(api);
    await product.upload('main');
    await settle(api.knex, product.main);
    const signalled = api.signalled.editions.length;
    await product.admin.delete(`/editions/${product.main}?force=true`).expect(200);
    assert.equal(api.signalled.editions.length, signalled);
    assert.equal(api.signalled.dashboards.at(-1)?.productSlug, product.slug);
  });

  it('updates the date when an edition is deprecated again', async () => {
    const product = await createTestProduct(api);
    const deprecate = async (): Promise<string> => {
      await product.admin.delete(`/editions/${product.main}?force=true`).expect(200);
      // As text, since JavaScript's Date has no microseconds.
      const row = await api
        .knex('editions')
        .where({ id: product.main })
        .first<{ ended: string }>(api.knex.raw('date_ended::text AS ended'));
      return row.ended;
    };
    const first = await deprecate();
    assert.ok((await deprecate()) > first);
  });

  it('leaves no pending rebuild after a concurrent upload', async () => {
    const product = await createTestProduct(api);
    const build = await product.register('main');
    await Promise.all([
      product.admin.delete(`/editions/${product.main}?force=true`).expect(200),
      product.admin.patch(`/builds/${build}`, { uploaded: true }).expect(200),
    ]);
    assert.equal((await rowOf(product.main)).pending_rebuild, false);
  });

  it('stores the base URL of the request', async () => {
    const product = await createTestProduct(api);
    await product.admin.delete(`/editions/${product.main}?force=true`).set('Host', 'keeper.example.org').expect(200);
    assert.equal((await rowOf(product.main)).base_url, 'http://keeper.example.org');
  });
});
