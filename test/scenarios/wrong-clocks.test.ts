import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildRoot } from '../../scripts/paths.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { launchApi, untilApiListens } from '../support/api-process.js';
import { sendRequest, startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { keeperEnvironment } from '../support/keeper-environment.js';
import { announce, atRest, contents, makeBuild, makeProduct, pages, slowCopies, taskEnd } from '../support/scenario.js';
import { startWorkerProcess } from '../support/worker-process.js';

/** More than the 15 minutes by which S3 lets a signature differ, in milliseconds. */
const jump = 20 * 60_000;

/** A process checks its clock file every 200 ms. */
const noticed = 500;

describe('an API whose clock jumps back and a worker whose clock jumps ahead', function () {
  this.timeout(120_000);
  let keeper: TestKeeper;
  let clocks: string;

  before(async () => {
    clocks = join(await temporaryFolder('wrong-clocks'), 'clocks');
    await mkdir(clocks);
    keeper = await startTestKeeper();
  });

  after(async () => {
    await keeper.close();
  });

  it('publishes the newest build completely although clocks jump', async () => {
    const jumping = {
      NODE_OPTIONS: `--import=${pathToFileURL(join(buildRoot, 'dev/chaos/faults/jumping-clock.js')).href}`,
      CHAOS_CLOCKS: clocks,
    };
    const secrets = { LTD_KEEPER_SECRET_KEY: keeper.signingKey };
    const launched = await launchApi({ ...keeperEnvironment(keeper), ...secrets, ...jumping });
    keeper.cleanUp.push(async () => {
      await launched.stop();
    });
    const { url } = await untilApiListens(launched);
    const request: TestKeeper['request'] = (method, path, body) =>
      sendRequest({ baseUrl: url, token: keeper.token }, { method, path, body });
    keeper = { ...keeper, request };
    const worker = await startWorkerProcess(keeper, jumping);
    await makeProduct(keeper, 'pipelines');
    const hurry = slowCopies(keeper, 1_000);
    const older = await announce(keeper, await makeBuild(keeper, 'pipelines', pages(20, 'older')));
    await writeFile(join(clocks, String(launched.pid)), String(-jump));
    await writeFile(join(clocks, String(worker.pid)), String(jump));
    await new Promise((resolve) => setTimeout(resolve, noticed));
    const site = { 'index.html': 'newer', ...pages(3, 'newer') };
    const newer = await announce(keeper, await makeBuild(keeper, 'pipelines', site));
    hurry();
    assert.equal((await taskEnd(keeper, newer)).status, 'SUCCESS');
    assert.match((await taskEnd(keeper, older)).status, /^(SUCCESS|REVOKED)$/);
    assert.equal((await atRest(keeper, 1)).pending_rebuild, false);
    assert.deepEqual(await contents(keeper, 'pipelines/v/main/'), site);
  });
});
