import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
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
  slowCopies,
  taskEnd,
} from '../support/scenario.js';
import { startWorkerProcess } from '../support/worker-process.js';

/** The server gives the frozen attempt up after 30 s, and its successor waits for the lease and the longest write. */
const patience = 150_000;

/** What the frozen worker is given to do harm once it goes on: longer than a request of it takes. Milliseconds. */
const zombieTime = 8_000;

describe('a worker that is frozen in the middle of a copy and goes on when a newer build is shown', function () {
  this.timeout(2 * patience);
  let keeper: TestKeeper;

  before(async () => {
    keeper = await startTestKeeper();
    await makeProduct(keeper, 'pipelines');
  });

  after(async () => {
    await keeper.close();
  });

  it('writes nothing of the older build and removes nothing', async () => {
    const frozen = await startWorkerProcess(keeper, { LTD_COPY_CONCURRENCY: '2' });
    const hurry = slowCopies(keeper, 300);
    const build = await makeBuild(keeper, 'pipelines', pages(200, 'older'));
    const older = await announce(keeper, build);
    await copyBegun(keeper, older);
    await eventually('a copy to be on its way', () =>
      Promise.resolve(keeper.bucket.faults.stats().byOperation['CopyObject']?.inFlight !== 0),
    );
    const goOn = frozen.freeze();
    hurry();
    const site = { 'index.html': 'newer', ...pages(3, 'newer') };
    const newer = await announce(keeper, await makeBuild(keeper, 'pipelines', site));
    await startWorkerProcess(keeper);
    assert.equal((await taskEnd(keeper, newer, patience)).status, 'SUCCESS');
    assert.deepEqual(await contents(keeper, 'pipelines/v/main/'), site);
    const since = keeper.bucket.faults.log().at(-1)?.sequence ?? 0;
    goOn();
    await eventually('the frozen worker to be told that its copy is over', async () =>
      (await frozen.lines()).some(({ plan_id: plan, level }) => plan !== undefined && Number(level) >= 30),
    );
    await sleep(zombieTime);
    // It confesses what it may have done, and what is shown is then made whole, by copies of the newer build.
    const written = keeper.bucket.faults.log(since).filter(({ bucket, operation, source = '' }) => {
      const isHarm = operation === 'DeleteObjects' || source.includes(build.prefix);
      return bucket === keeper.bucket.name && isHarm;
    });
    assert.deepEqual(written, []);
    assert.deepEqual(await contents(keeper, 'pipelines/v/main/'), site);
    assert.equal((await taskEnd(keeper, older)).status, 'REVOKED');
    assert.equal((await atRest(keeper, 1)).pending_rebuild, false);
  });
});
