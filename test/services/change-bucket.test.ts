import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { createManifestStore } from '../../src/db/manifests/manifest-store.js';
import { beginRebuild } from '../../src/db/protocol/begin.js';
import { finishRebuild } from '../../src/db/protocol/finish.js';
import { Edition } from '../../src/db/models/edition.js';
import { Product } from '../../src/db/models/product.js';
import { transaction } from '../../src/db/transaction.js';
import { noCounts } from '../../src/domain/copy-counts.js';
import type { RebuildPlan } from '../../src/workflows/contract.js';
import { bodyOf, startTestApi, type TestApi } from '../support/api.js';
import { createTestProduct, settle, type TestProduct } from '../support/builds.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { productBody } from '../support/products.js';
import { announce, makeBuild, taskEnd } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

describe('changing the bucket of a product', () => {
  let api: TestApi;

  before(async () => {
    api = await startTestApi();
  });
  after(() => api.close());

  const rowOf = async ({ slug }: TestProduct): Promise<Product> =>
    Product.query(api.knex).findOne({ slug }).throwIfNotFound();
  const change = async ({ slug, admin }: TestProduct, bucket: string, status = 200) =>
    bodyOf(await admin.patch(`/products/${slug}`, { bucket_name: bucket }).expect(status));

  it('changes the bucket and says that builds must be uploaded again', async () => {
    const product = await createTestProduct(api);
    const { notices } = await change(product, 'better');
    assert.match(String(notices), /^Upload the builds of "product-\d+" again: .*"lsst-the-docs".*"better"/);
    assert.equal((await rowOf(product)).bucket_name, 'better');
  });

  it('changes nothing when the product already has the bucket, published or not', async () => {
    const product = await createTestProduct(api);
    await publish(product);
    assert.equal((await change(product, 'lsst-the-docs'))['notices'], undefined);
  });

  it('refuses another bucket once a build was published, also after the edition was deprecated', async () => {
    const product = await createTestProduct(api);
    await publish(product);
    for (let time = 0; time < 2; time += 1) {
      const refused = await change(product, 'better', 409);
      assert.match(String(refused['message']), /^Invalid Product: bucket_name .*"Moving a product to another bucket"/);
      await product.admin.delete(`/editions/${product.main}?force=true`).expect(200);
    }
    assert.equal((await rowOf(product)).bucket_name, 'lsst-the-docs');
  });

  it('refuses another bucket when published builds have no history, as after a move from LTD Keeper 1.x', async () => {
    const product = await createTestProduct(api);
    const build = await product.register('x');
    await Edition.query(api.knex).findById(product.main).patch({ published_build_id: build, published_slug: 'main' });
    await change(product, 'better', 409);
  });

  it("deletes the manifests and notes of the product's builds and editions", async () => {
    const product = await createTestProduct(api);
    const build = await product.upload('main');
    const manifests = createManifestStore(api.knex);
    await (await manifests.begin(build)).finish({ complete: true });
    await api.knex('products').where({ slug: product.slug }).update({ dashboard_digest: 'old' });
    await Edition.query(api.knex).findById(product.main).patch({ headers_policy: 'old' });
    await change(product, 'better');
    assert.equal(await manifests.findNewest(build), null);
    assert.equal((await rowOf(product)).dashboard_digest, null);
    assert.equal((await Edition.query(api.knex).findById(product.main))?.headers_policy, null);
  });

  it('voids the plan under way, so that its copy never counts as published, and signals the edition', async () => {
    const product = await createTestProduct(api);
    await product.upload('main');
    const plan = await beginPlan(api.knex, product.main);
    assert.ok(plan);
    await Edition.query(api.knex).findById(product.main).patch({ phase: 'verified' });
    await change(product, 'better');
    assert.equal(
      await transaction(api.knex, (trx) => finishRebuild(trx, plan, { counts: noCounts, warning: null })),
      false,
    );
    assert.equal(api.signalled.editions.at(-1)?.editionId, product.main);
    const next = await beginPlan(api.knex, product.main);
    assert.equal(next?.bucket, 'better');
  });

  it('lets no plan keep the old bucket when a plan begins at the same time', async () => {
    for (let time = 0; time < 10; time += 1) {
      const product = await createTestProduct(api);
      await product.upload('main');
      const [plan] = await Promise.all([beginPlan(api.knex, product.main), change(product, 'better')]);
      const { plan_id: current } = await Edition.query(api.knex).findById(product.main).throwIfNotFound();
      assert.ok(plan?.bucket === 'better' || current !== plan?.planId);
    }
  });

  it('refuses a manifest that a pass over the old bucket begins afterwards', async () => {
    const product = await createTestProduct(api);
    const build = await product.upload('main');
    await change(product, 'better');
    const manifests = createManifestStore(api.knex);
    await assert.rejects(manifests.begin(build, 'lsst-the-docs'), { code: 'manifest_replaced' });
    await manifests.begin(build, 'better');
  });

  async function publish(product: TestProduct): Promise<void> {
    await product.upload('main');
    await settle(api.knex, product.main);
  }
});

describe('a bucket that does not exist', function () {
  this.timeout(60_000);
  let keeper: TestKeeper;

  before(async () => {
    keeper = await startTestKeeper();
  });
  after(() => keeper.close());

  const missing = 'no-such-bucket-anywhere';
  const post = async (slug: string, bucket: string): Promise<Record<string, unknown>> => {
    const answer = await keeper.request('POST', '/products/', productBody({ slug, bucket_name: bucket }));
    assert.equal(answer.status, 201);
    return bodyOf(answer);
  };

  it('names a missing bucket in the notices of the product', async () => {
    assert.match(String((await post('astray', missing))['notices']), /^The object store has no bucket "no-such-bucket/);
    assert.equal((await post('at-home', keeper.bucket.name))['notices'], undefined);
  });

  it('omits the notice when the store does not answer', async () => {
    const broken = await startTestApi({
      folders: {
        isOccupied: () => Promise.resolve(false),
        isMissing: () => Promise.reject(new Error('down')),
      },
    });
    try {
      const answer = await (await broken.as('product')).post('/products/', productBody()).expect(201);
      assert.equal(bodyOf(answer)['notices'], undefined);
    } finally {
      await broken.close();
    }
  });

  it('publishes a build from a new bucket after a rebuild failed for the missing one', async () => {
    await post('mended', missing);
    await startTestWorker(keeper);
    const failed = await announce(keeper, await makeBuild(keeper, 'mended', { 'index.html': 'one' }));
    assert.equal((await taskEnd(keeper, failed)).status, 'FAILURE');
    const answer = await keeper.request('PATCH', '/products/mended', { bucket_name: keeper.bucket.name });
    assert.equal(answer.status, 200);
    const build = await makeBuild(keeper, 'mended', { 'index.html': 'two' });
    assert.equal((await taskEnd(keeper, await announce(keeper, build))).status, 'SUCCESS');
    assert.ok((await keeper.bucket.keys('mended/v/main/')).includes('mended/v/main/index.html'));
  });
});

/** The plan that begins, if there is anything to copy. */
async function beginPlan(knex: Knex, editionId: number): Promise<RebuildPlan | null> {
  const work = await transaction(knex, (trx) => beginRebuild(trx, editionId));
  return work === 'purge' ? null : work;
}
