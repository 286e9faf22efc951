import assert from 'node:assert/strict';
import type { Edition } from '../../src/db/models/edition.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { announce, atRest, contents, makeBuild, makeProduct, taskEnd } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

describe('twenty products whose bucket is missing', function () {
  this.timeout(180_000);
  const missing = Array.from({ length: 20 }, (_, number) => `missing-${number}`);
  let keeper: TestKeeper;
  /** Attempts on the copy queue, by product. */
  let attempts: string[];

  before(async () => {
    keeper = await startTestKeeper();
    attempts = [];
    await startTestWorker(keeper, {
      changed: (activities) => ({
        ...activities,
        copyBuild: (plan) => {
          attempts.push(plan.productSlug);
          return activities.copyBuild(plan);
        },
        removeStale: (plan, copied) => {
          attempts.push(plan.productSlug);
          return activities.removeStale(plan, copied);
        },
      }),
    });
    await makeProduct(keeper, 'healthy');
    for (const product of missing) await makeProduct(keeper, product, `${keeper.bucket.name}-${product}`);
  });

  after(async () => {
    await keeper.close();
  });

  const publish = async (product: string, text = product): Promise<string> => {
    // The store has no place for the objects of a product without a bucket.
    const build = await makeBuild(keeper, product, product === 'healthy' ? { 'index.html': text } : {});
    return (await taskEnd(keeper, await announce(keeper, build))).status;
  };
  const editionsOfMissing = async (): Promise<Edition[]> =>
    keeper
      .knex<Edition>('editions')
      .whereIn('product_id', keeper.knex('products').whereIn('slug', missing).select('id'))
      .orderBy('id');
  const pass = (): Promise<unknown> =>
    keeper.client.workflow.execute('Reconcile', { workflowId: 'reconcile-now', taskQueue: 'keeper' });

  it('leaves editions at rest after their builds failed for a missing bucket', async () => {
    const ends = await Promise.all(missing.map((product) => publish(product)));
    assert.deepEqual(new Set(ends), new Set(['FAILURE']));
    for (const { id } of await editionsOfMissing()) await atRest(keeper, id);
    for (const edition of await editionsOfMissing())
      assert.deepEqual(
        [edition.published_build_id, edition.restore_failures, edition.writer_id, edition.tried_builds],
        [null, 0, null, []],
      );
  });

  it('changes and copies nothing in later passes, while a healthy product publishes', async () => {
    const before = await editionsOfMissing();
    attempts = [];
    for (let made = 0; made < 4; made += 1) {
      await pass();
      assert.equal(await publish('healthy', `text ${made}`), 'SUCCESS');
      assert.equal(await keeper.bucket.read('healthy/v/main/index.html'), `text ${made}`);
    }
    assert.deepEqual(await editionsOfMissing(), before);
    assert.deepEqual(new Set(attempts), new Set(['healthy']));
  });
});

describe('a bucket that is missing for a while during a first publication', function () {
  this.timeout(180_000);
  let keeper: TestKeeper;

  before(async () => {
    keeper = await startTestKeeper();
    await startTestWorker(keeper);
    await makeProduct(keeper, 'pipelines');
  });
  after(async () => {
    await keeper.close();
  });

  it('leaves no object of the failed publication once the bucket is back', async () => {
    const { faults, name: bucket } = keeper.bucket;
    const noSuchBucket = { kind: 'error', status: 404, code: 'NoSuchBucket' } as const;
    const last = { bucket, operation: 'CopyObject', keyPattern: 'last\\.html$' } as const;
    // After this the service no longer knows the headers at the prefix, but still that it wrote there.
    const changed = { kind: 'error', status: 412, code: 'PreconditionFailed' } as const;
    faults.addRule({ match: last, action: changed, times: 1 });
    faults.addRule({ match: last, action: noSuchBucket });
    faults.addRule({ match: { bucket, operation: 'DeleteObjects' }, action: noSuchBucket });
    const build = await makeBuild(keeper, 'pipelines', { 'first.css': 'first', 'last.html': 'last' });
    assert.equal((await taskEnd(keeper, await announce(keeper, build))).status, 'FAILURE');
    const row = () => keeper.knex<Edition>('editions').where({ id: 1 });
    await eventually('the restore to fail', async () => ((await row().first())?.restore_failures ?? 0) > 0);
    assert.deepEqual(await contents(keeper, 'pipelines/v/main/'), { 'first.css': 'first' });
    faults.clearRules();
    await row().update({ restore_after: new Date(0) });
    await keeper.client.workflow.execute('Reconcile', { workflowId: 'reconcile-now', taskQueue: 'keeper' });
    await atRest(keeper, 1);
    assert.deepEqual(await contents(keeper, 'pipelines/v/main/'), {});
  });

  it('does not come to rest before it could end the uploads of the failed publication', async () => {
    const { faults, name: bucket } = keeper.bucket;
    const noSuchBucket = { kind: 'error', status: 404, code: 'NoSuchBucket' } as const;
    faults.addRule({ match: { bucket, operation: 'CopyObject', keyPattern: 'last\\.html$' }, action: noSuchBucket });
    faults.addRule({ match: { bucket, operation: 'ListMultipartUploads' }, action: noSuchBucket });
    const site = { 'first.css': 'first', 'last.html': 'last' };
    const build = await makeBuild(keeper, 'pipelines', site, ['other']);
    assert.equal((await taskEnd(keeper, await announce(keeper, build))).status, 'FAILURE');
    const row = () => keeper.knex<Edition>('editions').where({ slug: 'other' }).first();
    await eventually('the restore to fail', async () => ((await row())?.restore_failures ?? 0) > 0);
    faults.clearRules();
  });
});
