import assert from 'node:assert/strict';
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
  readTaskOnce,
  slowCopies,
  steer,
  taskEnd,
} from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

describe('an edition that is changed in mid-copy', function () {
  this.timeout(120_000);
  let keeper: TestKeeper;
  let product: string;
  let products = 0;

  before(async () => {
    keeper = await startTestKeeper();
    await startTestWorker(keeper);
  });
  beforeEach(async () => {
    products += 1;
    product = `product-${products}`;
    await makeProduct(keeper, product);
  });
  after(async () => {
    await keeper.close();
  });

  /** Publishes one build; returns the task of another whose copy is under way, and a function that lets it finish. */
  async function inMidCopy(): Promise<{ task: string; hurry: () => void }> {
    const first = await makeBuild(keeper, product, pages(4, 'first'));
    assert.equal((await taskEnd(keeper, await announce(keeper, first))).status, 'SUCCESS');
    const hurry = slowCopies(keeper, 5_000);
    const task = await announce(keeper, await makeBuild(keeper, product, pages(4, 'second')));
    await copyBegun(keeper, task);
    return { task, hurry };
  }

  it('shows the new build at the new address, and nothing at the old one, after a rename', async () => {
    const { task, hurry } = await inMidCopy();
    const renamed = await steer(keeper, products, { slug: 'moved', force: true });
    hurry();
    assert.equal((await taskEnd(keeper, renamed)).status, 'SUCCESS');
    const { status, metadata } = await taskEnd(keeper, task);
    assert.deepEqual([status, metadata.editions[0]?.outcome], ['SUCCESS', 'published']);
    assert.equal((await atRest(keeper, products)).slug, 'moved');
    assert.deepEqual(await contents(keeper, `${product}/v/moved/`), pages(4, 'second'));
    assert.deepEqual(await contents(keeper, `${product}/v/main/`), {});
  });

  /**
   * Publishes a build, overtakes the copy of a second one by that of a third, whose copies the store always refuses.
   */
  async function refusedAfterOvertaking(): Promise<{ refused: string }> {
    const { hurry } = await inMidCopy();
    keeper.bucket.faults.addRule({
      id: 'refused',
      match: { bucket: keeper.bucket.name, operation: 'CopyObject', keyPattern: 'refused.html$' },
      action: { kind: 'error', status: 500, code: 'InternalError' },
    });
    const refused = await announce(keeper, await makeBuild(keeper, product, { 'refused.html': 'third' }));
    hurry();
    await eventually('the copy of the third build to back off', async () => {
      const { status } = await readTaskOnce(keeper, refused);
      return status === 'RETRY';
    });
    return { refused };
  }

  it('shows a newer build when the copy of the older one keeps failing after it overtook another', async () => {
    const { refused } = await refusedAfterOvertaking();
    const good = await announce(keeper, await makeBuild(keeper, product, pages(4, 'fourth')));
    assert.equal((await taskEnd(keeper, good)).status, 'SUCCESS');
    assert.equal((await taskEnd(keeper, refused)).metadata.editions[0]?.outcome, 'superseded');
    assert.deepEqual(await contents(keeper, `${product}/v/main/`), pages(4, 'fourth'));
  });

  it('copies the same build to the new address when the copy to the old one keeps failing', async () => {
    const { refused } = await refusedAfterOvertaking();
    const renamed = await steer(keeper, products, { slug: 'renamed', force: true });
    await eventually('the copy to begin at the new address', async () => {
      const { metadata } = await readTaskOnce(keeper, renamed);
      return metadata.phase === 'copying';
    });
    keeper.bucket.faults.removeRule('refused');
    assert.equal((await taskEnd(keeper, renamed)).status, 'SUCCESS');
    assert.equal((await taskEnd(keeper, refused)).metadata.editions[0]?.outcome, 'published');
    assert.deepEqual(await contents(keeper, `${product}/v/renamed/`), { 'refused.html': 'third' });
  });

  it('shows a newer build when the removal for the older one keeps failing', async () => {
    const { hurry } = await inMidCopy();
    const match = { bucket: keeper.bucket.name, operation: 'DeleteObjects' } as const;
    const action = { kind: 'error', status: 500, code: 'InternalError' } as const;
    const rule = keeper.bucket.faults.addRule({ match, action });
    const refused = await announce(keeper, await makeBuild(keeper, product, { 'index.html': 'third' }));
    hurry();
    await eventually('the removal to back off', async () => {
      const { status, metadata } = await readTaskOnce(keeper, refused);
      return status === 'RETRY' && metadata.phase === 'removing';
    });
    const site = { ...pages(4, 'fourth'), 'index.html': 'fourth' };
    const good = await announce(keeper, await makeBuild(keeper, product, site));
    assert.equal((await taskEnd(keeper, good)).status, 'SUCCESS');
    keeper.bucket.faults.removeRule(rule.id);
    assert.deepEqual(await contents(keeper, `${product}/v/main/`), site);
  });

  it('restores the build that it showed when the edition is deprecated', async () => {
    const { task, hurry } = await inMidCopy();
    assert.equal((await keeper.request('DELETE', `/editions/${products}?force=true`)).status, 200);
    hurry();
    const { status, metadata } = await taskEnd(keeper, task);
    assert.deepEqual([status, metadata.editions[0]?.outcome], ['REVOKED', 'cancelled']);
    const { pending_rebuild: pending } = await atRest(keeper, products);
    assert.equal(pending, false);
    assert.deepEqual(await contents(keeper, `${product}/v/main/`), pages(4, 'first'));
  });
});
