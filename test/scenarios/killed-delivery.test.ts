import assert from 'node:assert/strict';
import { EditionEventRow } from '../../src/db/models/edition-event.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { type RecordingServer, startRecordingServer } from '../support/recording-server.js';
import { announce, makeBuild, makeProduct } from '../support/scenario.js';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.js';

/** Long enough for the server to give the killed attempt up, which takes 30 s. In milliseconds. */
const timeoutMs = 120_000;

describe("a worker killed with -9 between an event's delivery and its record", function () {
  this.timeout(timeoutMs);
  let keeper: TestKeeper;
  let receiver: RecordingServer;
  let worker: WorkerProcess | undefined;

  before(async () => {
    keeper = await startTestKeeper();
    // The receiver has the event, and its sender is gone before the answer.
    receiver = await startRecordingServer(async () => {
      await worker?.kill();
      worker = undefined;
    });
    keeper.cleanUp.push(() => receiver.close());
    const settings = { LTD_EVENTS_URL: `${receiver.url}/webhook` };
    worker = await startWorkerProcess(keeper, settings);
    await makeProduct(keeper, 'pipelines');
    await announce(keeper, await makeBuild(keeper, 'pipelines', { 'index.html': 'one' }));
    await eventually('the kill', () => Promise.resolve(worker === undefined));
    await startWorkerProcess(keeper, settings);
  });

  after(async () => {
    await keeper.close();
  });

  it('lets the next worker deliver the event again', async () => {
    await eventually('the delivery', async () => (await delivered()) === 1, timeoutMs);
    const [first, second, ...more] = receiver.requests;
    assert.equal(second?.body, first?.body);
    assert.deepEqual(more, []);
  });

  async function delivered(): Promise<number> {
    return EditionEventRow.query(keeper.knex).where({ outcome: 'delivered' }).resultSize();
  }
});
