import assert from 'node:assert/strict';
import { rebuildWorkflowId } from '../../src/workflows/contract.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import {
  announce,
  atRest,
  contents,
  copyBegun,
  makeBuild,
  makeProduct,
  pages,
  readEdition,
  type ScenarioBuild,
  slowCopies,
  steer,
  taskEnd,
} from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

describe('RebuildEdition', () => {
  let keeper: TestKeeper;
  const edition = 1;
  const product = 'pipelines';
  const shown = (): Promise<Record<string, string>> => contents(keeper, `${product}/v/main/`);

  before(async () => {
    keeper = await startTestKeeper();
    await startTestWorker(keeper);
    await makeProduct(keeper, product);
  });

  after(async () => {
    await keeper.close();
  });

  it('makes the edition show the completed build', async () => {
    const build = await makeBuild(keeper, product, {
      'index.html': 'one',
      'a/page.html': 'page',
      'style.css': 's',
    });
    const task = await taskEnd(keeper, await announce(keeper, build));
    assert.equal(task.status, 'SUCCESS');
    assert.equal(task.metadata.editions[0]?.outcome, 'published');
    assert.deepEqual(await shown(), { 'index.html': 'one', 'a/page.html': 'page', 'style.css': 's' });
    const { build_url, published_build_url, pending_rebuild } = await readEdition(keeper, edition);
    assert.deepEqual([build_url, published_build_url, pending_rebuild], [build.url, build.url, false]);
  });

  it('deletes objects that the next build lacks, and does not copy unchanged ones', async () => {
    const build = await makeBuild(keeper, product, { 'index.html': 'two', 'style.css': 's' });
    const task = await taskEnd(keeper, await announce(keeper, build));
    const [counts] = task.metadata.editions;
    assert.deepEqual(await shown(), { 'index.html': 'two', 'style.css': 's' });
    assert.deepEqual(
      [counts?.objects_total, counts?.objects_done, counts?.objects_unchanged, counts?.objects_removed],
      [2, 2, 1, 1],
    );
  });

  it('leaves a short history: fewer than 100 events for a publication with a removal', async () => {
    const { historyLength } = await keeper.client.workflow.getHandle(rebuildWorkflowId(edition)).describe();
    assert.ok(historyLength > 10 && historyLength < 100, String(historyLength));
  });

  it('rolls back to an older build when an operator requests it', async () => {
    const task = await taskEnd(keeper, await steer(keeper, edition, { build_url: '/builds/1' }));
    assert.equal(task.status, 'SUCCESS');
    assert.equal((await shown())['a/page.html'], 'page');
  });

  it('moves the edition to a new slug and empties the old one', async () => {
    await makeBuild(keeper, product, { 'index.html': 'v1' }, ['v1']);
    const build = await makeBuild(keeper, product, { 'index.html': 'v10' }, ['v10']);
    await taskEnd(keeper, await announce(keeper, build));
    const renamed = await makeBuild(keeper, product, { 'index.html': 'v1 too' }, ['v1']);
    await taskEnd(keeper, await announce(keeper, renamed));
    const task = await taskEnd(keeper, await steer(keeper, 2, { slug: 'one' }));
    assert.equal(task.status, 'SUCCESS');
    assert.deepEqual(await contents(keeper, `${product}/v/one/`), { 'index.html': 'v1 too' });
    assert.deepEqual(await keeper.bucket.keys(`${product}/v/v1/`), []);
    assert.deepEqual(await contents(keeper, `${product}/v/v10/`), { 'index.html': 'v10' });
  });

  it('fails with a clear reason when the build has no objects, and keeps the published build', async () => {
    const before = await shown();
    const build = await makeBuild(keeper, product, {});
    const task = await taskEnd(keeper, await announce(keeper, build));
    assert.equal(task.status, 'FAILURE');
    assert.match(task.metadata.editions[0]?.last_error ?? '', /no objects/);
    assert.equal((await atRest(keeper, edition)).build_url, build.url);
    assert.deepEqual(await shown(), before);
  });

  it('fails when the bucket does not exist', async () => {
    await makeProduct(keeper, 'nowhere', 'no-such-bucket');
    const { body } = await keeper.request('POST', '/products/nowhere/builds/', { git_refs: ['main'] });
    const task = await taskEnd(keeper, await announce(keeper, { url: (body as { self_url: string }).self_url }));
    assert.equal(task.status, 'FAILURE');
    assert.match(task.metadata.editions[0]?.last_error ?? '', /no-such-bucket/);
  });

  /** Completes a build, and interferes while its first copies are in flight and five of them have arrived. */
  async function inMidCopy(build: ScenarioBuild, interfere: () => Promise<unknown>): Promise<string> {
    const { name: bucket, faults } = keeper.bucket;
    const since = faults.log().at(-1)?.sequence;
    const hold = faults.addRule({
      match: { bucket, operation: 'CopyObject' },
      after: 5,
      action: { kind: 'hold' },
    });
    const task = await announce(keeper, build);
    await eventually('five copies', () => {
      const copies = faults.log(since).filter((entry) => entry.bucket === bucket && entry.operation === 'CopyObject');
      return Promise.resolve(copies.length >= 5 && faults.stats().byOperation['CopyObject']?.inFlight !== 0);
    });
    await interfere();
    faults.removeRule(hold.id);
    return task;
  }

  it('fails when the bucket vanishes in mid-copy, and restores and publishes once it is back', async () => {
    const before = await shown();
    const { name: bucket, faults } = keeper.bucket;
    const action = { kind: 'error', status: 404, code: 'NoSuchBucket' } as const;
    let gone = '';
    const task = await inMidCopy(await makeBuild(keeper, product, pages(200, 'lost')), () => {
      gone = faults.addRule({ match: { bucket }, action }).id;
      return Promise.resolve();
    });
    const failed = await taskEnd(keeper, task);
    assert.equal(failed.status, 'FAILURE');
    assert.match(failed.metadata.editions[0]?.last_error ?? '', /bucket/);
    const row = () => keeper.knex('editions').where({ id: edition });
    await eventually('the restore to fail, too', async () => (await row().where({ restore_failures: 1 })).length === 1);
    faults.removeRule(gone);
    assert.notDeepEqual(await shown(), before);
    // As if the half minute had passed that a restore waits after a permanent failure.
    await row().update({ restore_after: new Date(0) });
    await keeper.client.workflow.execute('Reconcile', { workflowId: 'reconcile-now', taskQueue: 'keeper' });
    await atRest(keeper, edition);
    assert.deepEqual(await shown(), before);
    await assertNextIsShown('after the bucket was away');
  });

  it('fails when access to a key is denied in mid-copy, and keeps the published build whole', async () => {
    const before = await shown();
    const { name: bucket, faults } = keeper.bucket;
    const denied = faults.addRule({
      match: { bucket, operation: 'CopyObject', keyPattern: 'page-199' },
      action: { kind: 'error', status: 403, code: 'AccessDenied' },
    });
    const build = await makeBuild(keeper, product, pages(200, 'denied'));
    const failed = await taskEnd(keeper, await inMidCopy(build, () => Promise.resolve()));
    assert.equal(failed.status, 'FAILURE');
    assert.match(failed.metadata.editions[0]?.last_error ?? '', /AccessDenied/);
    await atRest(keeper, edition);
    assert.deepEqual(await shown(), before);
    faults.removeRule(denied.id);
    await assertNextIsShown('after access was denied');
  });

  it('publishes the new content of a build that is changed in mid-copy', async () => {
    const { faults } = keeper.bucket;
    const since = faults.log().at(-1)?.sequence;
    const site = pages(200, 'as announced');
    const build = await makeBuild(keeper, product, site);
    const change = { 'page-199.html': 'changed in mid-copy' };
    const task = await inMidCopy(build, () =>
      keeper.bucket.put(`${build.prefix}page-199.html`, change['page-199.html'], {
        ContentType: 'text/html',
      }),
    );
    assert.equal((await taskEnd(keeper, task)).status, 'SUCCESS');
    assert.deepEqual(await shown(), { ...site, ...change });
    assert.ok(
      faults.log(since).some(({ source, status }) => status === 412 && source?.includes(build.prefix)),
      'no copy was refused: the build was not changed in mid-copy',
    );
  });

  async function assertNextIsShown(content: string): Promise<void> {
    const next = await makeBuild(keeper, product, { 'index.html': content });
    assert.equal((await taskEnd(keeper, await announce(keeper, next))).status, 'SUCCESS');
    assert.deepEqual(await shown(), { 'index.html': content });
  }

  it('shows the newest of two builds when the second arrives during the copy of the first', async () => {
    const hurry = slowCopies(keeper, 1_500);
    const first = await makeBuild(keeper, product, pages(200, 'first'));
    const second = await makeBuild(keeper, product, { 'index.html': 'second' });
    const firstTask = await announce(keeper, first);
    await copyBegun(keeper, firstTask);
    const secondTask = await announce(keeper, second);
    hurry();
    const ended = await taskEnd(keeper, firstTask);
    assert.equal(ended.status, 'REVOKED');
    assert.equal(ended.metadata.superseded_by, second.url);
    assert.equal((await taskEnd(keeper, secondTask)).status, 'SUCCESS');
    assert.deepEqual(await shown(), { 'index.html': 'second' });
  });
});
