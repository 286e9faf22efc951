import assert from 'node:assert/strict';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { LogEntry } from '../../dev/object-store/request-log.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import {
  announce,
  atRest,
  contents,
  makeBuild,
  makeProduct,
  type ScenarioBuild,
  type ScenarioTask,
  steer,
  taskEnd,
} from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

/** Five objects. */
const site = { 'index.html': 'one', 'a.html': 'a', 'b/c.html': 'c', 'style.css': 's', 'logo.svg': 'l' };

describe("a rebuild's knowledge of the prefix", () => {
  let keeper: TestKeeper;
  let build: ScenarioBuild;
  const edition = 1;
  const product = 'pipelines';

  before(async () => {
    keeper = await startTestKeeper();
    await startTestWorker(keeper);
    await makeProduct(keeper, product);
    build = await makeBuild(keeper, product, site);
    await taskEnd(keeper, await announce(keeper, build));
    await atRest(keeper, edition);
  });

  after(async () => {
    await keeper.close();
  });

  /** Has the published build restored, and returns the requests to the store. */
  const rebuild = async (): Promise<{ task: ScenarioTask; asked: Record<string, number> }> => {
    const since = lastSequence();
    const task = await taskEnd(keeper, await steer(keeper, edition, { build_url: build.url }));
    assert.equal(task.status, 'SUCCESS');
    await atRest(keeper, edition);
    return { task, asked: askedSince(since) };
  };
  const lastSequence = (): number => keeper.bucket.faults.log().at(-1)?.sequence ?? 0;
  const ofBucket = (since: number): LogEntry[] =>
    keeper.bucket.faults.log(since).filter(({ bucket }) => bucket === keeper.bucket.name);
  const askedSince = (since: number): Record<string, number> => {
    const asked: Record<string, number> = {};
    for (const { operation } of ofBucket(since)) asked[operation] = (asked[operation] ?? 0) + 1;
    return asked;
  };

  it('sends two listings and copies nothing when nothing changed', async () => {
    const { task, asked } = await rebuild();
    assert.deepEqual(asked, { ListObjectsV2: 2 });
    const [counts] = task.metadata.editions;
    assert.deepEqual([counts?.objects_total, counts?.objects_done, counts?.objects_unchanged], [5, 5, 5]);
  });

  it('copies objects whose headers differ between builds, also when only headers differ', async () => {
    const recast = await makeBuild(keeper, product, site);
    await keeper.bucket.put(`${recast.prefix}style.css`, 's', { ContentType: 'text/css' });
    const task = await taskEnd(keeper, await announce(keeper, recast));
    assert.equal(task.metadata.editions[0]?.objects_unchanged, 4);
    const back = await rebuild();
    assert.equal(back.task.metadata.editions[0]?.objects_unchanged, 4);
  });

  it('copies everything under another header policy', async () => {
    await keeper.knex('editions').where({ id: edition }).update({ headers_policy: 'of an older release' });
    assert.equal((await rebuild()).asked['CopyObject'], 5);
    assert.equal((await rebuild()).asked['CopyObject'], undefined);
  });

  it("copies everything when the manifest of an earlier writer's build is missing", async () => {
    const other = await makeBuild(keeper, product, site);
    await taskEnd(keeper, await announce(keeper, other));
    await keeper.knex('manifests').where({ build_id: other.id }).delete();
    assert.equal((await rebuild()).asked['CopyObject'], 5);
  });

  it('copies everything again after an audit finds wrong headers', async () => {
    const key = `${product}/v/main/style.css`;
    await keeper.bucket.put(key, 's', { ContentType: 'text/wrong' });
    await keeper.knex('editions').update({ audited_at: null });
    const since = lastSequence();
    // A pass skips an edition whose row is locked, as by the last step of a run that is about to end.
    await eventually('the edition to be audited', async () => {
      await keeper.client.workflow.execute('Reconcile', { workflowId: 'reconcile-now', taskQueue: 'keeper' });
      return (await keeper.knex('editions').whereNotNull('audited_at')).length > 0;
    });
    await eventually('the edition to be restored', () => Promise.resolve((askedSince(since)['CopyObject'] ?? 0) >= 5));
    await atRest(keeper, edition);
  });

  it('records the manifest of a build that changed after its upload again, once', async () => {
    const other = await makeBuild(keeper, product, { 'index.html': 'other' });
    await taskEnd(keeper, await announce(keeper, other));
    await keeper.bucket.client.send(
      new PutObjectCommand({ Bucket: keeper.bucket.name, Key: `${build.prefix}a.html`, Body: 'changed' }),
    );
    const { asked } = await rebuild();
    assert.equal(asked['HeadObject'], 5);
    assert.deepEqual(await contents(keeper, `${product}/v/main/`), { ...site, 'a.html': 'changed' });
  });
});
