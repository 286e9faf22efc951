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

/** The server gives the frozen attempt up, and its successor waits for the lease and the longest write. */
const timeoutMs = 150_000;

/** How long the frozen worker may do harm once it continues: longer than one of its requests takes, in milliseconds. */
const zombieTime = 8_000;

/** An edition beside `main`, in the middle of a removal: first of pages, then, in another request, of their assets. */
const cleared = {
  id: 2,
  ref: 'v2',
  prefix: 'pipelines/v/v2/',
  before: { 'index.html': 'i', ...pages(3, 'stale'), 'style.css': 'stale' },
  after: { 'index.html': 'i' },
  newer: { 'index.html': 'i', ...pages(3, 'wanted again'), 'style.css': 'wanted again' },
} as const;

describe('a worker that freezes in mid-copy and mid-removal and continues after newer builds are shown', function () {
  this.timeout(2 * timeoutMs);
  let keeper: TestKeeper;

  before(async () => {
    keeper = await startTestKeeper();
    await makeProduct(keeper, 'pipelines');
  });

  after(async () => {
    await keeper.close();
  });

  async function onItsWay(operation: 'CopyObject' | 'DeleteObjects'): Promise<void> {
    await eventually(`a ${operation} to be in flight`, () =>
      Promise.resolve((keeper.bucket.faults.stats().byOperation[operation]?.inFlight ?? 0) > 0),
    );
  }

  async function publish(site: Readonly<Record<string, string>>, ref = 'main'): Promise<string> {
    return announce(keeper, await makeBuild(keeper, 'pipelines', site, [ref]));
  }

  async function assertShown(site: Readonly<Record<string, string>>): Promise<void> {
    assert.deepEqual(await contents(keeper, 'pipelines/v/main/'), site);
    assert.deepEqual(await contents(keeper, cleared.prefix), cleared.newer);
  }

  it('writes no object of the older builds and deletes nothing after it continues', async () => {
    const { faults, name: bucket } = keeper.bucket;
    const frozen = await startWorkerProcess(keeper, { LTD_COPY_CONCURRENCY: '2' });
    await taskEnd(keeper, await publish(cleared.before, cleared.ref));
    const hurry = slowCopies(keeper, 300);
    const build = await makeBuild(keeper, 'pipelines', pages(200, 'older'));
    const older = await announce(keeper, build);
    await copyBegun(keeper, older);
    await onItsWay('CopyObject');
    const hold = faults.addRule({ match: { bucket, operation: 'DeleteObjects' }, action: { kind: 'hold' } });
    const clearing = await publish(cleared.after, cleared.ref);
    await onItsWay('DeleteObjects');
    const goOn = frozen.freeze();
    hurry();
    faults.removeRule(hold.id);
    const site = { 'index.html': 'newer', ...pages(3, 'newer') };
    const newer = [await publish(site), await publish(cleared.newer, cleared.ref)];
    await startWorkerProcess(keeper);
    for (const task of newer) assert.equal((await taskEnd(keeper, task, timeoutMs)).status, 'SUCCESS');
    await assertShown(site);
    const since = faults.log().at(-1)?.sequence ?? 0;
    goOn();
    await eventually('the frozen worker to see that other writers have both leases', async () => {
      const overlaps = await frozen.logged('overlapped with another writer; the edition is rebuilt');
      return new Set(overlaps.map(({ edition_id: of }) => of)).size === 2;
    });
    await sleep(zombieTime);
    // It marks the edition dirty, which a copy of the newer build then restores.
    const written = faults.log(since).filter((entry) => {
      const isHarm = entry.operation === 'DeleteObjects' || entry.source?.includes(build.prefix) === true;
      return entry.bucket === bucket && isHarm;
    });
    assert.deepEqual(written, []);
    await assertShown(site);
    for (const task of [older, clearing]) assert.equal((await taskEnd(keeper, task)).status, 'REVOKED');
    for (const edition of [1, cleared.id]) assert.equal((await atRest(keeper, edition)).pending_rebuild, false);
  });
});
