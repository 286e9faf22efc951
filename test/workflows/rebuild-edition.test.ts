import assert from 'node:assert/strict';
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

  it('makes the edition show the build that was announced', async () => {
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

  it('removes what the next build no longer has, and leaves alone what it has unchanged', async () => {
    const build = await makeBuild(keeper, product, { 'index.html': 'two', 'style.css': 's' });
    const task = await taskEnd(keeper, await announce(keeper, build));
    const [counts] = task.metadata.editions;
    assert.deepEqual(await shown(), { 'index.html': 'two', 'style.css': 's' });
    assert.deepEqual(
      [counts?.objects_total, counts?.objects_done, counts?.objects_unchanged, counts?.objects_removed],
      [2, 2, 1, 1],
    );
  });

  it('rolls back to an older build when an operator says so', async () => {
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

  it('ends as failed with a reason a person can act on when the build has no objects, and keeps what was published', async () => {
    const before = await shown();
    const build = await makeBuild(keeper, product, {});
    const task = await taskEnd(keeper, await announce(keeper, build));
    assert.equal(task.status, 'FAILURE');
    assert.match(task.metadata.editions[0]?.last_error ?? '', /no objects/);
    assert.equal((await atRest(keeper, edition)).build_url, build.url);
    assert.deepEqual(await shown(), before);
  });

  it('ends as failed when the bucket does not exist', async () => {
    await makeProduct(keeper, 'nowhere', 'no-such-bucket');
    const { body } = await keeper.request('POST', '/products/nowhere/builds/', { git_refs: ['main'] });
    const task = await taskEnd(
      keeper,
      await announce(keeper, { url: (body as { self_url: string }).self_url }),
    );
    assert.equal(task.status, 'FAILURE');
    assert.match(task.metadata.editions[0]?.last_error ?? '', /no-such-bucket/);
  });

  it('shows the newest of two builds when the second comes while the first is being copied', async () => {
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
