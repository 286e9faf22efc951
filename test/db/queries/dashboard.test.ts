import assert from 'node:assert/strict';
import { loadDashboardFacts, recordDashboardDigest } from '../../../src/db/queries/dashboard.js';
import type { DashboardFacts } from '../../../src/domain/dashboard/dashboard-facts.js';
import { type ProtocolWorld, startProtocolWorld } from '../../support/protocol.js';

describe('the facts of a dashboard', () => {
  let world: ProtocolWorld;
  before(async () => {
    world = await startProtocolWorld();
  });
  after(async () => {
    await world.close();
  });

  const load = (productId: number): Promise<DashboardFacts> => loadDashboardFacts(world.knex, productId);

  it('reads the product and the address of its pages', async () => {
    const productId = await world.product();
    const { product, editions, builds } = await load(productId);
    assert.deepEqual(
      { ...product, slug: '', domain: '', surrogateKey: '' },
      {
        slug: '',
        title: 'A product',
        docRepo: 'https://github.com/lsst/pipelines_lsst_io.git',
        domain: '',
        bucket: 'lsst-the-docs',
        surrogateKey: '',
        digest: null,
      },
    );
    assert.equal(product.domain, `${product.slug}.lsst.io`);
    assert.match(product.surrogateKey, /^key-of-product-/);
    assert.deepEqual([editions, builds], [[], []]);
  });

  it('reads the digest that was noted last', async () => {
    const productId = await world.product();
    assert.equal(await recordDashboardDigest(world.knex, productId, { from: null, to: 'abc' }), true);
    assert.equal((await load(productId)).product.digest, 'abc');
    assert.equal(await recordDashboardDigest(world.knex, productId, { from: 'abc', to: 'def' }), true);
    assert.equal((await load(productId)).product.digest, 'def');
  });

  it('reports to one of two concurrent writers that it was not alone', async () => {
    const productId = await world.product();
    const note = (to: string) => recordDashboardDigest(world.knex, productId, { from: null, to });
    assert.deepEqual((await Promise.all([note('one'), note('other')])).sort(), [false, true]);
  });

  it('reads an edition that shows a build, and that build', async () => {
    const edition = await world.edition();
    const build = await edition.publish();
    const { slug, date_rebuilt: dateRebuilt } = await edition.row();
    const { editions, builds } = await load(edition.productId);
    assert.deepEqual(editions, [
      {
        slug,
        title: 'An edition',
        publishedBuildId: build,
        isRebuilding: false,
        trackedRefs: ['main'],
        dateRebuilt,
      },
    ]);
    assert.deepEqual(
      builds.map(({ id, gitRefs }) => [id, gitRefs]),
      [[build, ['main']]],
    );
    assert.ok(builds[0]?.dateCreated instanceof Date);
  });

  it('reports that a rebuild is running, also the first one', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    const first = (await load(edition.productId)).editions;
    assert.deepEqual(
      first.map(({ isRebuilding, publishedBuildId }) => [isRebuilding, publishedBuildId]),
      [[true, null]],
    );
    await edition.carryOut(await edition.begin());
    await edition.declare(await edition.build());
    const next = (await load(edition.productId)).editions;
    assert.deepEqual(
      next.map(({ isRebuilding, publishedBuildId }) => [isRebuilding, publishedBuildId !== null]),
      [[true, true]],
    );
  });

  it('keeps an edition at its old address until it has moved', async () => {
    const edition = await world.edition();
    await edition.publish();
    const { slug } = await edition.row();
    await edition.change({ slug: 'moved' });
    assert.deepEqual(
      (await load(edition.productId)).editions.map((each) => each.slug),
      [slug],
    );
  });

  it('omits editions and builds that are deprecated, not uploaded or never published', async () => {
    const ended = await world.edition();
    const { productId } = ended;
    await ended.publish();
    await ended.change({ date_ended: new Date() });
    await world.edition(productId);
    await ended.build({ uploaded: false });
    await ended.build({ date_ended: new Date() });
    const { editions, builds } = await load(productId);
    assert.deepEqual([editions.length, builds.length], [0, 1]);
  });

  it('omits editions and builds of another product', async () => {
    const [one, other] = [await world.edition(), await world.edition()];
    await one.publish();
    await other.publish();
    const { editions, builds } = await load(one.productId);
    assert.deepEqual([editions.length, builds.length], [1, 1]);
  });

  it('sends as many statements for 10,000 editions and builds as for 100', async () => {
    const [few, many] = [await largeProduct(world, 100), await largeProduct(world, 10_000)];
    assert.equal((await load(many)).editions.length, 10_000);
    assert.equal(await statements(world, () => load(many)), await statements(world, () => load(few)));
  });
});

/** A product with this many builds, each shown by an edition. */
async function largeProduct(world: ProtocolWorld, count: number): Promise<number> {
  const { knex } = world;
  const productId = await world.product();
  await knex.raw(
    `INSERT INTO builds (product_id, slug, git_refs, surrogate_key, uploaded)
     SELECT :productId, n::text, '["main"]', 'key', true FROM generate_series(1, :count) AS n`,
    { productId, count },
  );
  await knex.raw(
    `INSERT INTO editions
       (product_id, slug, title, mode, surrogate_key, base_url, published_build_id, published_slug)
     SELECT product_id, slug, slug, 'git_refs', 'key', 'https://keeper.test', id, slug
     FROM builds WHERE product_id = :productId`,
    { productId },
  );
  return productId;
}

async function statements({ knex }: ProtocolWorld, work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const note = (): void => {
    count += 1;
  };
  knex.on('query', note);
  await work();
  knex.removeListener('query', note);
  return count;
}
