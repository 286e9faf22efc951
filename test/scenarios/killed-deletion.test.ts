import assert from 'node:assert/strict';
import { mapEach } from '../../src/process/limits.js';
import { createTestBucket, type TestBucket } from '../support/bucket.js';
import { eventually } from '../support/eventually.js';
import { type TestKeeper, startTestKeeper } from '../support/keeper.js';
import { ageBuilds, announce, makeBuild, makeProduct, type ScenarioBuild, taskEnd } from '../support/scenario.js';
import { startWorkerProcess } from '../support/worker-process.js';

/** Of the edition, and of a build that no edition shows; each has a bucket of its own. */
const [product, other] = ['large', 'other'];

/** More objects than one request deletes, half of them pages. */
const site: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from({ length: 1_100 }, (_, n) => [n % 2 === 0 ? `page-${n}.html` : `image-${n}.svg`, `${n}`]),
);

const settings = { LTD_DELETE_DEPRECATED_AFTER_DAYS: '0' };

/** Long enough for the server to give both killed attempts up, and for the wait for their requests. In milliseconds. */
const timeoutMs = 180_000;

describe('a worker killed with -9 while it deletes an edition and a build', function () {
  this.timeout(timeoutMs);
  let keeper: TestKeeper;
  let shown: ScenarioBuild;
  let unused: ScenarioBuild;

  let otherBucket: TestBucket;

  before(async () => {
    keeper = await startTestKeeper();
    otherBucket = await createTestBucket();
    await makeProduct(keeper, product);
    await makeProduct(keeper, other, otherBucket.name);
    [shown, unused] = [await upload(product, keeper.bucket), await upload(other, otherBucket)];
    // Like the edition's redirect, so that both are deleted in the same steps.
    await otherBucket.put(unused.prefix.slice(0, -1), '');
    const first = await startWorkerProcess(keeper, settings);
    assert.equal((await taskEnd(keeper, await announce(keeper, shown), timeoutMs)).status, 'SUCCESS');
    const { faults } = keeper.bucket;
    // Each deletion removes the redirect and the pages and then hangs, so both are half-way, however late one begins.
    const rules = [keeper.bucket.name, otherBucket.name].map((bucket) =>
      faults.addRule({ match: { bucket, operation: 'DeleteObjects' }, action: { kind: 'hang' }, after: 2 }),
    );
    await ageBuilds(keeper);
    for (const path of ['/editions/1?force=true', `/builds/${unused.id}`]) await keeper.request('DELETE', path);
    await pass();
    await eventually('both deletions to have begun', async () => (await left()).every((n) => n < 1_100));
    await first.kill();
    assert.ok(
      (await left()).every((n) => n > 0),
      'both were half-way',
    );
    for (const { id } of rules) faults.removeRule(id);
    await startWorkerProcess(keeper, settings);
    await eventually('both to be deleted', async () => (await purged()).every(Boolean), timeoutMs);
  });

  after(async () => {
    otherBucket.close();
    await keeper.close();
  });

  async function upload(slug: string, bucket: TestBucket): Promise<ScenarioBuild> {
    const build = await makeBuild(keeper, slug, {});
    await mapEach(Object.entries(site), 32, ([path, content]) => bucket.put(build.prefix + path, content));
    return build;
  }

  async function pass(): Promise<void> {
    await keeper.client.workflow.execute('Reconcile', { workflowId: 'reconcile-now', taskQueue: 'keeper' });
  }

  /** The number of remaining objects of the edition and of the build. */
  async function left(): Promise<number[]> {
    const keys = [keeper.bucket.keys(`${product}/v/main/`), otherBucket.keys(unused.prefix)];
    return (await Promise.all(keys)).map(({ length }) => length);
  }

  async function purged(): Promise<boolean[]> {
    const { knex } = keeper;
    const rows = [
      await knex('editions').where({ id: 1 }).first<{ objects_deleted_at: Date | null }>(),
      await knex('builds').where({ id: unused.id }).first<{ objects_deleted_at: Date | null }>(),
    ];
    return rows.map(({ objects_deleted_at: at }) => at !== null);
  }

  it('deletes all objects of the edition and the build after the restart', async () => {
    assert.deepEqual(await left(), [0, 0]);
    assert.deepEqual(await keeper.bucket.keys(`${product}/v/main`), []);
  });

  it('keeps the build that the edition showed and that is not deprecated', async () => {
    assert.equal((await keeper.bucket.keys(shown.prefix)).length, 1_100);
  });
});
