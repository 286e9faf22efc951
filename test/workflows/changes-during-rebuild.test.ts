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
  slowCopies,
  steer,
  taskEnd,
} from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

describe('an edition that is changed in the middle of its copy', function () {
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

  /** Publishes one build, and answers the task of another whose copy is under way, with what lets it go on. */
  async function inMidCopy(): Promise<{ task: string; hurry: () => void }> {
    const first = await makeBuild(keeper, product, pages(4, 'first'));
    assert.equal((await taskEnd(keeper, await announce(keeper, first))).status, 'SUCCESS');
    const hurry = slowCopies(keeper, 5_000);
    const task = await announce(keeper, await makeBuild(keeper, product, pages(4, 'second')));
    await copyBegun(keeper, task);
    return { task, hurry };
  }

  it('by a rename shows the new build at the new address, and nothing at the old one', async () => {
    const { task, hurry } = await inMidCopy();
    const renamed = await steer(keeper, products, { slug: 'moved' });
    hurry();
    assert.equal((await taskEnd(keeper, renamed)).status, 'SUCCESS');
    const { status, metadata } = await taskEnd(keeper, task);
    assert.deepEqual([status, metadata.editions[0]?.outcome], ['REVOKED', 'superseded']);
    assert.equal((await atRest(keeper, products)).slug, 'moved');
    assert.deepEqual(await contents(keeper, `${product}/v/moved/`), pages(4, 'second'));
    assert.deepEqual(await contents(keeper, `${product}/v/main/`), {});
  });

  it('by its end goes back to the build that it showed, whole', async () => {
    const { task, hurry } = await inMidCopy();
    assert.equal((await keeper.request('DELETE', `/editions/${products}`)).status, 200);
    hurry();
    const { status, metadata } = await taskEnd(keeper, task);
    assert.deepEqual([status, metadata.editions[0]?.outcome], ['REVOKED', 'cancelled']);
    const { pending_rebuild: pending } = await atRest(keeper, products);
    assert.equal(pending, false);
    assert.deepEqual(await contents(keeper, `${product}/v/main/`), pages(4, 'first'));
  });
});
