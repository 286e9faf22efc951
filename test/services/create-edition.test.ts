import assert from 'node:assert/strict';
import { Edition } from '../../src/db/models/edition.js';
import { bodyOf, startTestApi, type TestApi } from '../support/api.js';
import { createTestProduct, editionBody, headersOf, idOf, rebuildsOf, settle, vacate } from '../support/builds.js';

describe('createEdition', () => {
  let api: TestApi;

  before(async () => {
    api = await startTestApi();
  });
  after(() => api.close());

  const slugs = async (ids: readonly number[]): Promise<string[]> => {
    const rows = await Edition.query(api.knex).whereIn('id', [...ids]);
    return rows.map(({ slug }) => slug).toSorted();
  };

  it('signals only the dashboard when the edition names no build', async () => {
    const product = await createTestProduct(api);
    const signalled = api.signalled.editions.length;
    await product.edition();
    assert.equal(api.signalled.editions.length, signalled);
    assert.equal(api.signalled.dashboards.at(-1)?.productSlug, product.slug);
  });

  it('declares a named build without moving the high-water mark', async () => {
    const product = await createTestProduct(api);
    const build = await product.upload('other');
    const response = await product.admin
      .post(`/products/${product.slug}/editions/`, editionBody({ build_url: `/builds/${build}` }))
      .expect(201);
    const id = idOf(headersOf(response)['location']);
    const edition = await Edition.query(api.knex).findById(id).throwIfNotFound();
    assert.deepEqual(
      [edition.build_id, edition.tracked_build_id, edition.generation, edition.pending_rebuild],
      [build, null, 1, true],
    );
    const [rebuild] = await rebuildsOf(api.knex, bodyOf(response)['queue_url']);
    assert.deepEqual([rebuild?.edition_id, rebuild?.build_id, rebuild?.slug], [id, build, 'latest']);
    assert.deepEqual(api.signalled.editions.at(-1), {
      editionId: id,
      generation: 1,
      productSlug: product.slug,
      editionSlug: 'latest',
      buildId: build,
      buildSlug: '1',
    });
  });

  it('reserves the slug of the edition at once', async () => {
    const product = await createTestProduct(api);
    const id = await product.edition({ slug: 'held' });
    const held = await api.knex('held_slugs').where({ edition_id: id });
    assert.deepEqual(
      held.map(({ slug, vacating }: { slug: string; vacating: boolean }) => [slug, vacating]),
      [['held', false]],
    );
  });

  it('creates one of two editions that request the same slug at once', async () => {
    const product = await createTestProduct(api);
    const responses = await Promise.all(
      [1, 2].map(() => product.admin.post(`/products/${product.slug}/editions/`, editionBody({ slug: 'raced' }))),
    );
    assert.deepEqual(responses.map(({ status }) => status).toSorted(), [201, 400]);
    const refused = responses.find(({ status }) => status === 400);
    assert.equal(refused && bodyOf(refused)['message'], 'Invalid edition: slug (raced) already exists');
  });

  it('refuses the slug of a deprecated edition', async () => {
    const product = await createTestProduct(api);
    const id = await product.edition({ slug: 'gone' });
    await product.admin.delete(`/editions/${id}`).expect(200);
    await product.admin.post(`/products/${product.slug}/editions/`, editionBody({ slug: 'gone' })).expect(400);
  });

  it('assigns the next id without a gap after a refusal', async () => {
    const product = await createTestProduct(api);
    const first = await product.edition({ slug: 'first' });
    const again = editionBody({ slug: 'first' });
    await product.admin.post(`/products/${product.slug}/editions/`, again).expect(400);
    assert.equal(await product.edition({ slug: 'second' }), first + 1);
  });

  it('accepts a slug that an edition of another product has', async () => {
    for (const product of [await createTestProduct(api), await createTestProduct(api)])
      await product.edition({ slug: 'same' });
  });

  it('refuses a slug that another edition is vacating', async () => {
    const product = await createTestProduct(api);
    const moved = await product.edition({ slug: 'old', tracked_refs: ['moved'] });
    await product.upload('moved');
    await product.admin.patch(`/editions/${moved}`, { slug: 'new' }).expect(200);
    const response = await product.admin
      .post(`/products/${product.slug}/editions/`, editionBody({ slug: 'old' }))
      .expect(409);
    assert.equal(bodyOf(response)['error'], 'conflict');
    assert.match(String(bodyOf(response)['message']), /slug \(old\) is still being vacated/);
    await settle(api.knex, moved);
    await vacate(api.knex, moved);
    await product.edition({ slug: 'old' });
  });

  describe('editions with autoincrement', () => {
    it('takes the number after the greatest, also of deprecated editions', async () => {
      const product = await createTestProduct(api);
      for (const slug of ['7', '3', 'v9', '10']) await product.edition({ slug });
      const ten = await Edition.query(api.knex).findOne({ slug: '10' }).orderBy('id', 'desc');
      await product.admin.delete(`/editions/${ten?.id}`).expect(200);
      const id = await product.edition({ autoincrement: true, mode: 'manual' });
      assert.deepEqual(await slugs([id]), ['11']);
    });

    it('skips a number that an edition is vacating', async () => {
      const product = await createTestProduct(api);
      const moved = await product.edition({ slug: '1', tracked_refs: ['moved'] });
      await product.upload('moved');
      await product.admin.patch(`/editions/${moved}`, { slug: 'one' }).expect(200);
      assert.deepEqual(await slugs([await product.edition({ autoincrement: true })]), ['2']);
    });

    it('assigns different numbers to 10 editions at once', async () => {
      const product = await createTestProduct(api);
      const ids = await Promise.all(
        Array.from({ length: 10 }, () => product.edition({ autoincrement: true, mode: 'manual' })),
      );
      assert.equal(new Set(await slugs(ids)).size, 10);
    });
  });
});
