import assert from 'node:assert/strict';
import { Edition } from '../../src/db/models/edition.js';
import { Product } from '../../src/db/models/product.js';
import { Rebuild } from '../../src/db/models/rebuild.js';
import { Task } from '../../src/db/models/task.js';
import { bodyOf, startTestApi, type TestApi } from '../support/api.js';
import { createTestProduct, type Json, rebuildsOf, settle, type TestProduct, vacate } from '../support/builds.js';

describe('updateEdition', () => {
  let api: TestApi;

  before(async () => {
    api = await startTestApi();
  });
  after(() => api.close());

  const rowOf = async (id: number): Promise<Edition> => Edition.query(api.knex).findById(id).throwIfNotFound();
  const patch = async ({ admin }: TestProduct, id: number, change: Json, status = 200): Promise<Json> =>
    bodyOf(await admin.patch(`/editions/${id}`, change).expect(status));
  const held = async (id: number): Promise<unknown> => {
    const rows = await api
      .knex('held_slugs')
      .where({ edition_id: id })
      .orderBy('slug')
      .select<{ slug: string; vacating: boolean }[]>('slug', 'vacating');
    return Object.fromEntries(rows.map(({ slug, vacating }) => [slug, vacating]));
  };
  /** A product whose default edition shows a build. */
  const published = async (): Promise<{ product: TestProduct; build: number }> => {
    const product = await createTestProduct(api);
    const build = await product.upload('main');
    await settle(api.knex, product.main);
    return { product, build };
  };

  describe('the settings of an edition', () => {
    it('changes only the named settings', async () => {
      const product = await createTestProduct(api);
      const before = await product.show();
      const {
        queue_url: queue,
        notices,
        ...after
      } = await patch(product, product.main, {
        title: 'New',
        tracked_refs: ['trunk', 'x'],
        published_url: 'https://example.com',
        surrogate_key: '0',
        date_ended: 'now',
      });
      assert.deepEqual(after, { ...before, title: 'New', tracked_refs: ['trunk', 'x'] });
      assert.match(String(notices), /^Ignored the unknown keys "published_url", "surrogate_key", "date_ended"\./);
      assert.deepEqual(await rebuildsOf(api.knex, queue), []);
      assert.equal(api.signalled.dashboards.at(-1)?.productSlug, product.slug);
    });

    it('stores refs in any mode, and shows them in git_refs only', async () => {
      const product = await createTestProduct(api, { main_mode: 'lsst_doc' });
      assert.equal((await patch(product, product.main, { tracked_refs: ['x'] }))['tracked_refs'], null);
      const { mode, tracked_refs: refs } = await patch(product, product.main, { mode: 'git_refs' });
      assert.deepEqual([mode, refs], ['git_refs', ['x']]);
    });

    it('accepts the mode git_refs only with refs, stored or sent', async () => {
      const product = await createTestProduct(api, { main_mode: 'manual' });
      const refused = await patch(product, product.main, { mode: 'git_refs' }, 400);
      assert.equal(refused['message'], 'Invalid Edition: missing tracked_refs');
      await patch(product, product.main, { mode: 'git_refs', tracked_refs: ['x'] });
      assert.equal((await rowOf(product.main)).mode, 'git_refs');
    });

    it('tracks new refs from the next build on', async () => {
      const { product, build } = await published();
      await patch(product, product.main, { tracked_refs: ['trunk'] });
      await product.upload('main');
      assert.equal((await rowOf(product.main)).build_id, build);
      const next = await product.upload('trunk');
      assert.equal((await rowOf(product.main)).build_id, next);
    });

    it('changes the settings of a deprecated edition, too', async () => {
      const product = await createTestProduct(api);
      await product.admin.delete(`/editions/${product.main}?force=true`).expect(200);
      await patch(product, product.main, { title: 'Old', mode: 'manual', pending_rebuild: false });
      assert.equal((await rowOf(product.main)).title, 'Old');
    });

    it('stores the base URL of the request', async () => {
      const product = await createTestProduct(api);
      await product.admin.patch(`/editions/${product.main}`, {}).set('Host', 'keeper.example.org').expect(200);
      const row = await Product.query(api.knex).findOne({ slug: product.slug });
      const bases = [row?.base_url, (await rowOf(product.main)).base_url];
      assert.deepEqual(bases, ['http://keeper.example.org', 'http://keeper.example.org']);
    });
  });

  describe('the build of an edition', () => {
    it('declares another build, also an older one, with a new generation', async () => {
      const { product, build: older } = await published();
      const newer = await product.upload('main');
      await settle(api.knex, product.main);
      const change = { build_url: `${api.baseUrl}/builds/${older}` };
      const { build_url: url, pending_rebuild: pending, queue_url: queue } = await patch(product, product.main, change);
      assert.deepEqual([url, pending], [change.build_url, true]);
      const { build_id, tracked_build_id, generation } = await rowOf(product.main);
      assert.deepEqual([build_id, tracked_build_id, generation], [older, newer, 3]);
      const [rebuild] = await rebuildsOf(api.knex, queue);
      assert.deepEqual([rebuild?.generation, rebuild?.requested_by], [3, 'user with all']);
      assert.equal(api.signalled.editions.at(-1)?.generation, 3);
    });

    it('publishes the declared build again', async () => {
      const { product, build } = await published();
      await patch(product, product.main, { build_url: `/builds/${build}` });
      assert.equal((await rowOf(product.main)).generation, 2);
    });

    it('refuses a build while a rebuild is pending, but checks its address first', async () => {
      const product = await createTestProduct(api);
      const build = await product.register('main');
      const { queue_url: queue } = bodyOf(
        await product.admin.patch(`/builds/${build}`, { uploaded: true }).expect(200),
      );
      const registered = await product.register('main');
      for (const id of [build, registered]) {
        const refused = await patch(product, product.main, { build_url: `/builds/${id}` }, 409);
        assert.deepEqual([refused['error'], refused['queue_url']], ['conflict', queue]);
      }
      await patch(product, product.main, { build_url: `/builds/999999` }, 400);
      await patch(product, product.main, { build_url: `https://example.com/builds/${build}` }, 400);
    });

    it('refuses a build that is not uploaded, deprecated or of another product', async () => {
      const { product, build } = await published();
      const registered = await product.register('main');
      const foreign = await (await createTestProduct(api)).upload('main');
      await product.admin.delete(`/builds/${build}`).expect(200);
      const message = async (id: number): Promise<unknown> =>
        (await patch(product, product.main, { build_url: `/builds/${id}` }, 400))['message'];
      assert.equal(await message(registered), `Build has not been uploaded: ${api.baseUrl}/builds/${registered}`);
      assert.equal(await message(build), `Build was deprecated: ${api.baseUrl}/builds/${build}`);
      assert.equal(await message(foreign), `Invalid build_url: /builds/${foreign}`);
    });

    it('accepts one of two builds that are sent at once', async () => {
      const { product, build } = await published();
      const other = await product.upload('else');
      const statuses = await Promise.all(
        [build, other].map((id) => product.admin.patch(`/editions/${product.main}`, { build_url: `/builds/${id}` })),
      );
      assert.deepEqual(statuses.map(({ status }) => status).toSorted(), [200, 409]);
      assert.equal((await rowOf(product.main)).generation, 2);
    });

    it('keeps the build when another key of the request is invalid', async () => {
      const { product } = await published();
      const other = await product.upload('else');
      const before = await rowOf(product.main);
      const tasks = await Task.query(api.knex).resultSize();
      await patch(product, product.main, { title: 'x', build_url: `/builds/${other}`, slug: '..' }, 400);
      assert.deepEqual(await rowOf(product.main), before);
      assert.equal(await Task.query(api.knex).resultSize(), tasks);
    });
  });

  describe('the slug of an edition', () => {
    it('publishes the build under the new slug, and still reserves the old one', async () => {
      const { product, build } = await published();
      const id = await product.edition({ slug: 'v1', tracked_refs: ['v1'], build_url: `/builds/${build}` });
      await settle(api.knex, id);
      const {
        slug,
        published_url: url,
        pending_rebuild: pending,
        queue_url: queue,
      } = await patch(product, id, {
        slug: 'v2',
      });
      assert.deepEqual([slug, url, pending], ['v2', `https://${product.slug}.lsst.io/v/v2`, true]);
      const [rebuild] = await rebuildsOf(api.knex, queue);
      assert.deepEqual([rebuild?.build_id, rebuild?.slug, rebuild?.generation], [build, 'v2', 2]);
      assert.deepEqual(await held(id), { v1: true, v2: false });
      assert.deepEqual(api.signalled.editions.at(-1), {
        editionId: id,
        generation: 2,
        productSlug: product.slug,
        editionSlug: 'v2',
        buildId: build,
        buildSlug: '1',
      });
    });

    it('accepts the old slug again while it is still reserved', async () => {
      const { product } = await published();
      await patch(product, product.main, { slug: 'away', force: true });
      await patch(product, product.main, { slug: 'main' });
      assert.deepEqual(await held(product.main), { away: true, main: false });
      assert.equal((await rowOf(product.main)).generation, 3);
    });

    it('renames an edition without a build at once', async () => {
      const product = await createTestProduct(api);
      const { pending_rebuild: pending, queue_url: queue } = await patch(product, product.main, {
        slug: 'other',
        force: true,
      });
      assert.equal(pending, false);
      assert.deepEqual(await held(product.main), { other: false });
      assert.deepEqual(await rebuildsOf(api.knex, queue), []);
      await product.edition({ slug: 'main' });
    });

    it('declares a slug and a build in one generation', async () => {
      const { product } = await published();
      const other = await product.upload('else');
      const { queue_url: queue } = await patch(product, product.main, {
        slug: 'both',
        force: true,
        build_url: `/builds/${other}`,
      });
      const rebuilds = await rebuildsOf(api.knex, queue);
      assert.deepEqual(
        rebuilds.map(({ generation, build_id, slug }) => [generation, build_id, slug]),
        [[2, other, 'both']],
      );
    });

    it('renames an edition at once together with its first build', async () => {
      const product = await createTestProduct(api);
      const other = await product.upload('else');
      await patch(product, product.main, {
        slug: 'first',
        force: true,
        build_url: `/builds/${other}`,
      });
      assert.deepEqual(await held(product.main), { first: false });
    });

    it('changes nothing for the current slug', async () => {
      const { product } = await published();
      const { queue_url: queue, pending_rebuild: pending } = await patch(product, product.main, {
        slug: 'main',
      });
      assert.equal(pending, false);
      assert.deepEqual(await rebuildsOf(api.knex, queue), []);
      assert.equal((await rowOf(product.main)).generation, 1);
    });

    it('accepts another slug while a rebuild is pending', async () => {
      const product = await createTestProduct(api);
      const build = await product.upload('main');
      await patch(product, product.main, { slug: 'moved', force: true });
      const { generation, build_id, pending_rebuild } = await rowOf(product.main);
      assert.deepEqual([generation, build_id, pending_rebuild], [2, build, true]);
    });

    it('returns the same task when the same change is sent again while it is pending', async () => {
      const { product } = await published();
      const change = { slug: 'again', title: 'Again', force: true };
      const first = await patch(product, product.main, change);
      const second = await patch(product, product.main, change);
      assert.equal(second['queue_url'], first['queue_url']);
      assert.equal((await rowOf(product.main)).generation, 2);
      const third = await patch(product, product.main, { ...change, title: 'Another' });
      assert.notEqual(third['queue_url'], first['queue_url']);
      const [rebuild] = await rebuildsOf(api.knex, third['queue_url']);
      assert.equal(rebuild?.generation, 2);
    });

    it('refuses the slug of another edition, also of a deprecated one', async () => {
      const { product } = await published();
      const gone = await product.edition({ slug: 'gone' });
      await product.admin.delete(`/editions/${gone}`).expect(200);
      const refused = await patch(product, product.main, { slug: 'gone' }, 400);
      assert.equal(refused['message'], 'Invalid edition: slug (gone) already exists');
      assert.deepEqual(await held(product.main), { main: false });
    });

    it('refuses a slug that another edition still reserves', async () => {
      const { product } = await published();
      const id = await product.edition({ slug: 'waiting' });
      await patch(product, product.main, { slug: 'away', force: true });
      const refused = await patch(product, id, { slug: 'main' }, 409);
      assert.match(String(refused['message']), /slug \(main\) is still being vacated/);
      await settle(api.knex, product.main);
      await vacate(api.knex, product.main);
      await patch(product, id, { slug: 'main' });
    });

    it('gives a slug to one of two editions that request it at once', async () => {
      const product = await createTestProduct(api);
      const ids = [await product.edition({ slug: 'a' }), await product.edition({ slug: 'b' })];
      const responses = await Promise.all(ids.map((id) => product.admin.patch(`/editions/${id}`, { slug: 'raced' })));
      assert.deepEqual(responses.map(({ status }) => status).toSorted(), [200, 400]);
    });
  });

  describe('the pending rebuild of an edition', () => {
    it('cancels the pending rebuild on false, and keeps the declared build', async () => {
      const product = await createTestProduct(api);
      const build = await product.register('main');
      const first = bodyOf(await product.admin.patch(`/builds/${build}`, { uploaded: true }).expect(200));
      const signalled = api.signalled.dashboards.length;
      const { build_url: url, pending_rebuild: pending } = await patch(product, product.main, {
        pending_rebuild: false,
      });
      assert.deepEqual([url, pending], [`${api.baseUrl}/builds/${build}`, false]);
      const [rebuild] = await rebuildsOf(api.knex, first['queue_url']);
      assert.equal(rebuild?.outcome, 'reset');
      assert.deepEqual(
        [api.signalled.editions.at(-1)?.editionId, api.signalled.dashboards.length],
        [product.main, signalled + 1],
      );
      await patch(product, product.main, { build_url: `/builds/${build}` });
    });

    it('changes nothing on false when no rebuild is pending', async () => {
      const { product } = await published();
      const signalled = api.signalled.editions.length;
      await patch(product, product.main, { pending_rebuild: false });
      assert.equal(api.signalled.editions.length, signalled);
      assert.equal((await rowOf(product.main)).settled_generation, 1);
    });

    it('cancels a rebuild that the same request declares', async () => {
      const { product, build } = await published();
      const { queue_url: queue } = await patch(product, product.main, {
        build_url: `/builds/${build}`,
        pending_rebuild: false,
      });
      const { generation, pending_rebuild } = await rowOf(product.main);
      assert.deepEqual([generation, pending_rebuild], [2, false]);
      assert.deepEqual(
        (await rebuildsOf(api.knex, queue)).map(({ outcome }) => outcome),
        ['reset'],
      );
    });

    it('rebuilds the declared build on true', async () => {
      const { product, build } = await published();
      await patch(product, product.main, { pending_rebuild: true });
      const { build_id, generation, pending_rebuild } = await rowOf(product.main);
      assert.deepEqual([build_id, generation, pending_rebuild], [build, 2, true]);
    });

    it('declares one generation on true together with a build or a slug', async () => {
      const { product, build } = await published();
      await patch(product, product.main, {
        build_url: `/builds/${build}`,
        slug: 'one',
        force: true,
        pending_rebuild: true,
      });
      assert.equal((await rowOf(product.main)).generation, 2);
    });

    it('returns the same task on true while a rebuild is pending', async () => {
      const { product } = await published();
      const first = await patch(product, product.main, { pending_rebuild: true });
      const second = await patch(product, product.main, { pending_rebuild: true });
      assert.equal(second['queue_url'], first['queue_url']);
      assert.equal(await Rebuild.query(api.knex).where({ edition_id: product.main }).resultSize(), 2);
      assert.equal(api.signalled.editions.at(-1)?.editionId, product.main);
    });
  });

  describe('a deprecated edition', () => {
    for (const change of [{ slug: 'other' }, { build_url: true }, { pending_rebuild: true }]) {
      it(`refuses ${Object.keys(change).join()} for a deprecated edition`, async () => {
        const { product, build } = await published();
        await product.admin.delete(`/editions/${product.main}?force=true`).expect(200);
        const body = 'build_url' in change ? { build_url: `/builds/${build}` } : change;
        const refused = await patch(product, product.main, body, 400);
        assert.equal(refused['message'], `Edition was deprecated: ${api.baseUrl}/editions/${product.main}`);
        assert.equal((await rowOf(product.main)).generation, 1);
      });
    }
  });
});
