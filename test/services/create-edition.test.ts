import assert from 'node:assert/strict';
import { Edition } from '../../src/db/models/edition.js';
import { bodyOf, startTestApi, type TestApi } from '../support/api.js';
import {
  createTestProduct,
  editionBody,
  headersOf,
  idOf,
  rebuildsOf,
  settle,
  vacate,
} from '../support/builds.js';

describe('making an edition', () => {
  let api: TestApi;

  before(async () => {
    api = await startTestApi();
  });
  after(() => api.close());

  const slugs = async (ids: readonly number[]): Promise<string[]> => {
    const rows = await Edition.query(api.knex).whereIn('id', [...ids]);
    return rows.map(({ slug }) => slug).toSorted();
  };

  it('signals the dashboard alone where it names no build', async () => {
    const product = await createTestProduct(api);
    const woken = api.woken.editions.length;
    await product.edition();
    assert.equal(api.woken.editions.length, woken);
    assert.equal(api.woken.dashboards.at(-1)?.productSlug, product.slug);
  });

  it('declares a named build, which its tracking does not count', async () => {
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
    assert.deepEqual(api.woken.editions.at(-1), {
      editionId: id,
      generation: 1,
      productSlug: product.slug,
      editionSlug: 'latest',
      buildId: build,
      buildSlug: '1',
    });
  });

  it('holds its slug from the start', async () => {
    const product = await createTestProduct(api);
    const id = await product.edition({ slug: 'held' });
    const held = await api.knex('held_slugs').where({ edition_id: id });
    assert.deepEqual(
      held.map(({ slug, vacating }: { slug: string; vacating: boolean }) => [slug, vacating]),
      [['held', false]],
    );
  });

  it('gives a slug to one of two that ask for it at once', async () => {
    const product = await createTestProduct(api);
    const responses = await Promise.all(
      [1, 2].map(() =>
        product.admin.post(`/products/${product.slug}/editions/`, editionBody({ slug: 'raced' })),
      ),
    );
    assert.deepEqual(responses.map(({ status }) => status).toSorted(), [201, 400]);
    const refused = responses.find(({ status }) => status === 400);
    assert.equal(refused && bodyOf(refused)['message'], 'Invalid edition: slug (raced) already exists');
  });

  it('refuses the slug of a deprecated edition', async () => {
    const product = await createTestProduct(api);
    const id = await product.edition({ slug: 'gone' });
    await product.admin.delete(`/editions/${id}`).expect(200);
    await product.admin
      .post(`/products/${product.slug}/editions/`, editionBody({ slug: 'gone' }))
      .expect(400);
  });

  it('gets the next id after a refusal, as if that had not been asked', async () => {
    const product = await createTestProduct(api);
    const first = await product.edition({ slug: 'first' });
    const again = editionBody({ slug: 'first' });
    await product.admin.post(`/products/${product.slug}/editions/`, again).expect(400);
    assert.equal(await product.edition({ slug: 'second' }), first + 1);
  });

  it('has the same slug as one of another product', async () => {
    for (const product of [await createTestProduct(api), await createTestProduct(api)])
      await product.edition({ slug: 'same' });
  });

  it('waits for a slug that another edition is being moved away from', async () => {
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

  describe('with autoincrement', () => {
    it('takes the number after the greatest, of deprecated editions too', async () => {
      const product = await createTestProduct(api);
      for (const slug of ['7', '3', 'v9', '10']) await product.edition({ slug });
      const ten = await Edition.query(api.knex).findOne({ slug: '10' }).orderBy('id', 'desc');
      await product.admin.delete(`/editions/${ten?.id}`).expect(200);
      const id = await product.edition({ autoincrement: true, mode: 'manual' });
      assert.deepEqual(await slugs([id]), ['11']);
    });

    it('takes no number that an edition is being moved away from', async () => {
      const product = await createTestProduct(api);
      const moved = await product.edition({ slug: '1', tracked_refs: ['moved'] });
      await product.upload('moved');
      await product.admin.patch(`/editions/${moved}`, { slug: 'one' }).expect(200);
      assert.deepEqual(await slugs([await product.edition({ autoincrement: true })]), ['2']);
    });

    it('takes different numbers for 10 at once', async () => {
      const product = await createTestProduct(api);
      const ids = await Promise.all(
        Array.from({ length: 10 }, () => product.edition({ autoincrement: true, mode: 'manual' })),
      );
      assert.equal(new Set(await slugs(ids)).size, 10);
    });
  });
});
