import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { type RecordingServer, startRecordingServer } from '../support/recording-server.js';
import { announce, atRest, makeBuild, makeProduct, steer, taskEnd } from '../support/scenario.js';
import { startWorkerProcess } from '../support/worker-process.js';

/** Much less than the five minutes that pass when the kill is not noticed, in milliseconds. */
const timeoutMs = 150_000;

describe('a worker killed with -9 while it waits for an answer', function () {
  this.timeout(2 * timeoutMs);
  let keeper: TestKeeper;
  let outside: RecordingServer;

  before(async () => {
    keeper = await startTestKeeper();
    outside = await startRecordingServer();
    keeper.cleanUp.push(() => outside.close());
    await makeProduct(keeper, 'pipelines');
  });

  after(async () => {
    await keeper.close();
  });

  /** Kills the only worker while it waits for an answer, starts another, and returns the end of the task. */
  async function endAfterKill(
    settings: Readonly<Record<string, string>>,
    start: () => Promise<string>,
    goodAnswer: number,
  ): Promise<string> {
    const first = await startWorkerProcess(keeper, settings);
    const seen = outside.requests.length;
    outside.replyWith('hang');
    const task = await start();
    await eventually('a request', () => Promise.resolve(outside.requests.length > seen), timeoutMs);
    await first.kill();
    outside.replyWith({ status: goodAnswer });
    const second = await startWorkerProcess(keeper, settings);
    const { status } = await taskEnd(keeper, task, timeoutMs);
    await second.kill();
    return status;
  }

  it('sends the purge again and publishes the build after a kill during the purge', async () => {
    const settings = { FASTLY_SERVICE_ID: 'id', FASTLY_KEY: 'key', LTD_FASTLY_API_URL: outside.url };
    const build = await makeBuild(keeper, 'pipelines', { 'index.html': 'one' });
    assert.equal(await endAfterKill(settings, () => announce(keeper, build), 200), 'SUCCESS');
    assert.equal((await atRest(keeper, 1)).published_build_url, build.url);
  });

  it("builds the dashboard and ends its task after a kill during Dasher's answer", async () => {
    const rename = (): Promise<string> => steer(keeper, 1, { title: 'Another title' });
    assert.equal(await endAfterKill({ LTD_DASHER_URL: outside.url }, rename, 202), 'SUCCESS');
  });
});
