import assert from 'node:assert/strict';
import { eachOf } from '../../src/process/each-of.js';
import type { Exit } from '../../dev/start-process.js';
import type { Checkpoint } from '../../src/copy-engine/checkpoint.js';
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

/** So few at a time, each slow, that the copy outlasts the 10 s that a worker gets to end it. */
const settings = { LTD_COPY_CONCURRENCY: '4' };
const copyDelay = 500;

/** Milliseconds. */
const patience = 300_000;

describe('a worker told by SIGTERM to stop in the middle of a copy', function () {
  this.timeout(patience);
  let keeper: TestKeeper;
  let exit: Exit;
  let task: ScenarioTask;
  let copied: readonly string[];
  let resumption: LogLine;

  before(async () => {
    keeper = await startTestKeeper();
    await makeProduct(keeper, 'large');
    const build = await makeBuild(keeper, 'large', {});
    await eachOf(Object.entries(site), 32, ([path, content]) =>
      keeper.bucket.put(build.prefix + path, content),
    );
    const hurry = slowCopies(keeper, copyDelay);
    const { faults, name: bucket } = keeper.bucket;
    const start = faults.log().at(-1)?.sequence ?? 0;
    const first = await startWorkerProcess(keeper, settings);
    const queuePath = await announce(keeper, build);
    await eventually(
      'the copy to have got somewhere',
      async () => {
        const [edition] = (await readTaskOnce(keeper, queuePath)).metadata.editions;
        return edition !== undefined && edition.objects_done > 20;
      },
      patience,
    );
    const stopped = first.stop();
    const second = await startWorkerProcess(keeper, settings);
    exit = await stopped;
    hurry();
    task = await taskEnd(keeper, queuePath, patience);
    [resumption = assert.fail('the second worker did not copy')] = await second.logged('copy begins');
    copied = faults
      .log(start)
      .filter((entry) => entry.bucket === bucket && entry.operation === 'CopyObject' && entry.status === 200)
      .map(({ key = '' }) => key.slice(destination.length));
  });

  after(async () => {
    await keeper.close();
  });

  it('hands it over and ends with 0', () => {
    assert.deepEqual(exit, { code: 0, signal: null });
  });

  it('leaves to the next what it had not begun: no object is copied twice', () => {
    const { counts } = resumption['resumed'] as Checkpoint; // null fails here
    assert.equal(resumption['attempt'], 2);
    assert.ok(counts.objects_done > 20 && counts.objects_done < 200, `resumed at ${counts.objects_done}`);
    assert.deepEqual([...copied].sort(), Object.keys(site).sort());
  });

  it('is no matter to the publication, nor to its counts', async () => {
    const [edition] = task.metadata.editions;
    assert.deepEqual(
      [task.status, edition?.outcome, edition?.objects_total, edition?.objects_done],
      ['SUCCESS', 'published', 200, 200],
    );
    assert.deepEqual(await contents(keeper, destination), site);
  });
});
