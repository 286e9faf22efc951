import assert from 'node:assert/strict';
import { Build } from '../../src/db/models/build.js';
import { Edition } from '../../src/db/models/edition.js';
import { Product } from '../../src/db/models/product.js';
import { bodyOf, startTestApi, type TestApi, type TestClient } from '../support/api.js';
import { createTestProduct, rebuildsOf, settle } from '../support/builds.js';

describe('completeBuild', () => {
  let api: TestApi;

  before(async () => {
    api = await startTestApi({ defaultGitRef: 'trunk' });
  });
  after(() => api.close());

  const rowOf = async (id: number): Promise<Edition> => Edition.query(api.knex).findById(id).throwIfNotFound();
  const complete = async (admin: TestClient, id: number, body: object = { uploaded: true }): Promise<unknown> =>
    bodyOf(await admin.patch(`/builds/${id}`, body).expect(200))['queue_url'];

  it('makes exactly the tracking editions declare the completed build', async () => {
    const product = await createTestProduct(api);
    const tracking = [product.main, await product.edition({ slug: 'a', tracked_refs: ['trunk'] })];
    const others = [
      await product.edition({ slug: 'b', tracked_refs: ['trunk', 'x'] }),
      await product.edition({ slug: 'c', mode: 'manual' }),
    ];
    const build = await product.register('trunk');
    const queue = await complete(product.admin, build);
    for (const id of tracking) {
      const { build_id, tracked_build_id, generation, pending_rebuild } = await rowOf(id);
      assert.deepEqual([build_id, tracked_build_id, generation, pending_rebuild], [build, build, 1, true]);
    }
    for (const id of others) assert.equal((await rowOf(id)).build_id, null);
    const rebuilds = await rebuildsOf(api.knex, queue);
    assert.deepEqual(
      rebuilds.map(({ edition_id, generation, build_id, requested_by, outcome }) => [
        edition_id,
        generation,
        build_id,
        requested_by,
        outcome,
      ]),
      tracking.map((id) => [id, 1, build, 'user with all', null]),
    );
    assert.deepEqual(
      api.signalled.editions.slice(-2),
      tracking.map((editionId, index) => ({
        editionId,
        generation: 1,
        productSlug: product.slug,
        editionSlug: ['main', 'a'][index],
        buildId: build,
        buildSlug: '1',
      })),
    );
  });

  it('records when a build was first completed', async () => {
    const product = await createTestProduct(api);
    const build = await product.upload('nobody tracks this: +');
    const first = await Build.query(api.knex).findById(build);
    assert.ok(first?.date_uploaded instanceof Date);
    await complete(product.admin, build);
    assert.deepEqual((await Build.query(api.knex).findById(build))?.date_uploaded, first.date_uploaded);
  });

  it('leaves the rest of the manifest to the copy for a tracked build, and records it alone otherwise', async () => {
    const product = await createTestProduct(api);
    const [followed, alone] = [await product.register('trunk'), await product.register('none follows: +')];
    await complete(product.admin, followed);
    const signalled = api.signalled.builds.length;
    await complete(product.admin, alone);
    assert.deepEqual(
      api.signalled.builds.slice(signalled - 1).map(({ buildId }) => buildId),
      [alone, alone],
    );
  });

  it('signals only the dashboard when no edition tracks the build', async () => {
    const product = await createTestProduct(api);
    const signalled = api.signalled.editions.length;
    const build = await product.upload('no edition: +');
    assert.equal(api.signalled.editions.length, signalled);
    assert.equal(api.signalled.dashboards.at(-1)?.productSlug, product.slug);
    assert.deepEqual(await rebuildsOf(api.knex, await complete(product.admin, build)), []);
  });

  for (const body of [{}, { uploaded: false }, { other: true }]) {
    it(`only refreshes the dashboard for ${JSON.stringify(body)}`, async () => {
      const product = await createTestProduct(api);
      const build = await product.register('trunk');
      assert.deepEqual(await rebuildsOf(api.knex, await complete(product.admin, build, body)), []);
      assert.equal((await Build.query(api.knex).findById(build))?.uploaded, false);
      assert.equal((await rowOf(product.main)).generation, 0);
      assert.equal(api.signalled.dashboards.at(-1)?.productSlug, product.slug);
    });
  }

  it('only refreshes the dashboard for {} on a deprecated build', async () => {
    const product = await createTestProduct(api);
    const build = await product.register('trunk');
    await product.admin.delete(`/builds/${build}`).expect(200);
    await complete(product.admin, build, {});
  });

  it('declares the newest build while an older one is pending', async () => {
    const product = await createTestProduct(api);
    const [first, second] = [await product.register('trunk'), await product.register('trunk')];
    const queues = [await complete(product.admin, first), await complete(product.admin, second)];
    const { build_id, generation, pending_rebuild } = await rowOf(product.main);
    assert.deepEqual([build_id, generation, pending_rebuild], [second, 2, true]);
    assert.notEqual(queues[0], queues[1]);
    await settle(api.knex, product.main);
    const outcomes = await Promise.all(queues.map((queue) => rebuildsOf(api.knex, queue)));
    assert.deepEqual(
      outcomes.flat().map(({ outcome }) => outcome),
      ['superseded', 'published'],
    );
  });

  it('does not declare a build that was registered earlier and completed later', async () => {
    const product = await createTestProduct(api);
    const [slow, quick] = [await product.register('trunk'), await product.register('trunk')];
    await complete(product.admin, quick);
    await complete(product.admin, slow);
    assert.equal((await rowOf(product.main)).build_id, quick);
  });

  it('declares the newer of two builds that are completed at once', async () => {
    const product = await createTestProduct(api);
    const ids = [await product.register('trunk'), await product.register('trunk')];
    await Promise.all(ids.map((id) => complete(product.admin, id)));
    assert.equal((await rowOf(product.main)).build_id, Math.max(...ids));
  });

  it('declares a newer build after a rollback, but not the build that was rolled back', async () => {
    const product = await createTestProduct(api);
    const [first, second] = [await product.upload('trunk'), await product.upload('trunk')];
    await settle(api.knex, product.main);
    await product.admin.patch(`/editions/${product.main}`, { build_url: `/builds/${first}` }).expect(200);
    await settle(api.knex, product.main);
    await complete(product.admin, second);
    assert.equal((await rowOf(product.main)).build_id, first);
    const third = await product.upload('trunk');
    const { build_id, tracked_build_id } = await rowOf(product.main);
    assert.deepEqual([build_id, tracked_build_id], [third, third]);
  });

  it('tracks versions by their order, and the default branch by its configured name', async () => {
    const product = await createTestProduct(api, { main_mode: 'lsst_doc' });
    const shown: (number | null)[] = [];
    const builds: Record<string, number> = {};
    for (const ref of ['trunk', 'v1.1', 'v1.0', 'main', 'v1.2']) {
      builds[ref] = await product.upload(ref);
      shown.push((await rowOf(product.main)).build_id);
    }
    assert.deepEqual(
      shown,
      ['trunk', 'v1.1', 'v1.1', 'v1.1', 'v1.2'].map((ref) => builds[ref]),
    );
  });

  it('keeps the high-water mark at the greatest version when an older one is published again', async () => {
    const product = await createTestProduct(api, { main_mode: 'lsst_doc' });
    const [older, newer] = [await product.upload('v1.0'), await product.upload('v1.1')];
    await settle(api.knex, product.main);
    await product.admin.patch(`/editions/${product.main}`, { build_url: `/builds/${older}` }).expect(200);
    await settle(api.knex, product.main);
    await complete(product.admin, older);
    const { build_id, tracked_build_id } = await rowOf(product.main);
    assert.deepEqual([build_id, tracked_build_id], [older, newer]);
  });

  it('declares the build for no deprecated edition', async () => {
    const product = await createTestProduct(api);
    const gone = await product.edition({ slug: 'gone', tracked_refs: ['trunk'] });
    await product.admin.delete(`/editions/${gone}`).expect(200);
    const build = await product.upload('trunk');
    assert.equal((await rowOf(gone)).build_id, null);
    assert.equal((await rowOf(product.main)).build_id, build);
  });

  describe('completing a build again', () => {
    it('returns the same task while its rebuild is under way, and signals it again', async () => {
      const product = await createTestProduct(api);
      const build = await product.register('trunk');
      const first = await complete(product.admin, build);
      const signalled = api.signalled.editions.length;
      assert.equal(await complete(product.admin, build), first);
      assert.equal((await rowOf(product.main)).generation, 1);
      assert.deepEqual(
        api.signalled.editions.slice(signalled).map(({ editionId }) => editionId),
        [product.main],
      );
    });

    it('returns the same task when a build is completed twice at once', async () => {
      const product = await createTestProduct(api);
      const build = await product.register('trunk');
      const queues = await Promise.all([complete(product.admin, build), complete(product.admin, build)]);
      assert.equal(queues[0], queues[1]);
      assert.equal((await rowOf(product.main)).generation, 1);
    });

    it('returns the same task while a newer build is being published instead', async () => {
      const product = await createTestProduct(api);
      const build = await product.register('trunk');
      const first = await complete(product.admin, build);
      await product.upload('trunk');
      assert.equal(await complete(product.admin, build), first);
    });

    it('publishes the build again when its rebuild has ended', async () => {
      const product = await createTestProduct(api);
      const build = await product.register('trunk');
      const first = await complete(product.admin, build);
      await settle(api.knex, product.main);
      const second = await complete(product.admin, build);
      assert.notEqual(second, first);
      const { build_id, generation, pending_rebuild } = await rowOf(product.main);
      assert.deepEqual([build_id, generation, pending_rebuild], [build, 2, true]);
    });

    it('declares the build for an edition that was created meanwhile', async () => {
      const product = await createTestProduct(api);
      const build = await product.upload('trunk');
      await settle(api.knex, product.main);
      const late = await product.edition({ slug: 'late', tracked_refs: ['trunk'] });
      await complete(product.admin, build);
      assert.equal((await rowOf(late)).build_id, build);
    });
  });

  it('stores the base URL of the request', async () => {
    const product = await createTestProduct(api);
    const build = await product.register('trunk');
    await product.admin.patch(`/builds/${build}`, { uploaded: true }).set('Host', 'keeper.example.org').expect(200);
    const row = await Product.query(api.knex).findOne({ slug: product.slug });
    const bases = [row?.base_url, (await rowOf(product.main)).base_url];
    assert.deepEqual(bases, ['http://keeper.example.org', 'http://keeper.example.org']);
  });
});
