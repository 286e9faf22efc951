import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { createLimitedRole, type LimitedRole } from '../support/limited-role.js';
import {
  announce,
  atRest,
  copyBegun,
  makeBuild,
  makeProduct,
  pages,
  readTaskOnce,
  slowCopies,
  taskEnd,
} from '../support/scenario.js';
import { startWorkerProcess } from '../support/worker-process.js';

const edition = 1;

describe('a publication whose worker is refused by the database', function () {
  this.timeout(120_000);
  let keeper: TestKeeper;
  let role: LimitedRole;

  before(async () => {
    keeper = await startTestKeeper();
    await makeProduct(keeper, 'pipelines');
    const { knex, database } = keeper;
    role = await createLimitedRole(knex, database);
    keeper.cleanUp.push(() => role.drop());
    await startWorkerProcess(keeper, { DATABASE_URL: role.url, DATABASE_LOCK_TIMEOUT_SECONDS: '1' });
  });

  after(async () => {
    await keeper.close();
  });

  async function told(task: string, reason: RegExp): Promise<void> {
    await eventually(`the task to report ${reason}`, async () => {
      const { metadata } = await readTaskOnce(keeper, task);
      return metadata.editions.some(({ last_error: error }) => reason.test(error ?? ''));
    });
  }

  it('reports a locked row in the task, and publishes once the lock is released', async () => {
    const hurry = slowCopies(keeper, 3_000);
    const build = await makeBuild(keeper, 'pipelines', pages(3, 'one'));
    const task = await announce(keeper, build);
    await copyBegun(keeper, task);
    const holder = await keeper.knex.transaction();
    await holder('products').forUpdate();
    hurry();
    await told(task, /^Timed out waiting for a lock on a row/);
    await holder.rollback();
    assert.equal((await taskEnd(keeper, task)).status, 'SUCCESS');
    assert.equal((await atRest(keeper, edition)).published_build_url, build.url);
  });

  it('reports refused connections in the task, and publishes in the same process afterwards', async () => {
    const build = await makeBuild(keeper, 'pipelines', pages(3, 'two'));
    await role.limit(0);
    const task = await announce(keeper, build);
    await told(task, /^The database accepts no more connections/);
    await role.limit(-1);
    assert.equal((await taskEnd(keeper, task)).status, 'SUCCESS');
    assert.equal((await atRest(keeper, edition)).published_build_url, build.url);
  });
});
