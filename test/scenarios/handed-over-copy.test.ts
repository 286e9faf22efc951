import assert from 'node:assert/strict';
import { mapEach } from '../../src/process/limits.js';
import type { Exit } from '../../dev/start-process.js';
import type { Checkpoint } from '../../src/copy-engine/progress.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import {
  announce,
  contents,
  makeBuild,
  makeProduct,
  pages,
  readTaskOnce,
  type ScenarioTask,
  slowCopies,
  taskEnd,
} from '../support/scenario.js';
import { type LogLine, startWorkerProcess } from '../support/worker-process.js';

const site = pages(200, 'page');
const destination = 'large/v/main/';

/** So few at a time, each slow, that the copy takes longer than the 10 s in which a worker must end it. */
const settings = { LTD_COPY_CONCURRENCY: '4' };
const copyDelay = 500;

/** In milliseconds. */
const timeoutMs = 300_000;

describe('a worker that receives SIGTERM in mid-copy', function () {
  this.timeout(timeoutMs);
  let keeper: TestKeeper;
  let exit: Exit;
  let task: ScenarioTask;
  let copied: readonly string[];
  let resumption: LogLine;

  before(async () => {
    keeper = await startTestKeeper();
    await makeProduct(keeper, 'large');
    const build = await makeBuild(keeper, 'large', {});
    await mapEach(Object.entries(site), 32, ([path, content]) => keeper.bucket.put(build.prefix + path, content));
    const hurry = slowCopies(keeper, copyDelay);
    const { faults, name: bucket } = keeper.bucket;
    const start = faults.log().at(-1)?.sequence ?? 0;
    const first = await startWorkerProcess(keeper, settings);
    const queuePath = await announce(keeper, build);
    await eventually(
      'the copy to make progress',
      async () => {
        const [edition] = (await readTaskOnce(keeper, queuePath)).metadata.editions;
        return edition !== undefined && edition.objects_done > 20;
      },
      timeoutMs,
    );
    const stopped = first.stop();
    const second = await startWorkerProcess(keeper, settings);
    exit = await stopped;
    hurry();
    task = await taskEnd(keeper, queuePath, timeoutMs);
    [resumption = assert.fail('the second worker did not copy')] = await second.logged('copy begins');
    copied = faults
      .log(start)
      .filter((entry) => entry.bucket === bucket && entry.operation === 'CopyObject' && entry.status === 200)
      .map(({ key = '' }) => key.slice(destination.length));
  });

  after(async () => {
    await keeper.close();
  });

  it('hands the copy over on SIGTERM and exits with 0', () => {
    assert.deepEqual(exit, { code: 0, signal: null });
  });

  it('copies no object twice: the next worker copies only the remaining ones', () => {
    const { counts } = resumption['resumed'] as Checkpoint; // null fails here
    assert.equal(resumption['attempt'], 2);
    assert.ok(counts.objects_done > 20 && counts.objects_done < 200, `resumed at ${counts.objects_done}`);
    assert.deepEqual([...copied].sort(), Object.keys(site).sort());
  });

  it('publishes the build with exact counts, as without the restart', async () => {
    const [edition] = task.metadata.editions;
    assert.deepEqual(
      [task.status, edition?.outcome, edition?.objects_total, edition?.objects_done],
      ['SUCCESS', 'published', 200, 200],
    );
    assert.deepEqual(await contents(keeper, destination), site);
  });
});
