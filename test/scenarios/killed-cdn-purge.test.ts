import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { type RecordingServer, startRecordingServer } from '../support/recording-server.js';
import { announce, atRest, makeBuild, makeProduct, taskEnd } from '../support/scenario.js';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.js';

const product = 'pipelines';

/** Long enough for the server to give the killed attempt up, and for the wait for its requests. In milliseconds. */
const timeoutMs = 180_000;

type Table = 'editions' | 'products';

interface CachedColumns {
  readonly surrogate_key: string;
  readonly purge_due: number;
  readonly purge_done: number;
}

/*
 * One product with one edition, so each table has one row. Only its worker is killed; the next one works with the same
 * database, store and Temporal server.
 */
describe('kill -9 of a worker that owes the CDN a purge', function () {
  this.timeout(2 * timeoutMs);
  let keeper: TestKeeper;
  let fastly: RecordingServer;
  let worker: WorkerProcess;
  /** Kills the worker when the CDN has received a purge of this key and has not answered yet. */
  let killAt: string | undefined;
  let isKilled: boolean;

  before(async () => {
    keeper = await startTestKeeper();
    fastly = await startRecordingServer(async () => {
      if (killAt === undefined || purgedKeys().at(-1) !== killAt) return;
      killAt = undefined;
      await worker.kill();
      isKilled = true;
    });
    keeper.cleanUp.push(() => fastly.close());
    await makeProduct(keeper, product);
    await startWorker();
    await publish('first');
    await atRest(keeper, 1);
    await settled();
  });

  after(async () => {
    await keeper.close();
  });

  async function startWorker(): Promise<void> {
    const settings = { FASTLY_SERVICE_ID: 'id', FASTLY_KEY: 'key', LTD_FASTLY_API_URL: fastly.url };
    worker = await startWorkerProcess(keeper, settings);
  }

  const begin = async (text: string): Promise<string> =>
    announce(keeper, await makeBuild(keeper, product, { 'index.html': text }));
  const isPublished = async (task: string): Promise<void> => {
    assert.equal((await taskEnd(keeper, task, timeoutMs)).status, 'SUCCESS');
  };
  const publish = async (text: string): Promise<void> => isPublished(await begin(text));
  const purgedKeys = (since = 0): string[] =>
    fastly.requests.slice(since).map(({ path }) => path.split('/').at(-1) ?? '');
  const rowOf = (table: Table): Promise<CachedColumns> => keeper.knex(table).first<CachedColumns>();
  const owes = async (table: Table): Promise<boolean> => {
    const row = await rowOf(table);
    return row.purge_done < row.purge_due;
  };
  /** Waits until the dashboard is built and no purge is owed. */
  const settled = async (): Promise<void> => {
    const isSettled = async (): Promise<boolean> => {
      const { built, wanted } = await keeper.knex('products').first<{ built: number; wanted: number }>({
        built: 'dashboard_built_generation',
        wanted: 'dashboard_generation',
      });
      return built === wanted && !(await owes('products')) && !(await owes('editions'));
    };
    await eventually('every purge to be confirmed', isSettled, timeoutMs);
  };
  const inFlight = (operation: 'CopyObject' | 'ListObjectsV2'): Promise<boolean> =>
    Promise.resolve((keeper.bucket.faults.stats().byOperation[operation]?.inFlight ?? 0) > 0);

  it('sends the purge after the restart when the last write had ended and no purge was sent', async () => {
    const { surrogate_key: key } = await rowOf('editions');
    const sent = fastly.requests.length;
    const { faults, name: bucket } = keeper.bucket;
    const hold = (operation: 'CopyObject' | 'ListObjectsV2'): (() => void) => {
      const rule = faults.addRule({ match: { bucket, operation }, action: { kind: 'hold' } });
      return () => {
        faults.removeRule(rule.id);
      };
    };
    const copy = hold('CopyObject');
    const task = await begin('second');
    await eventually('the copy', () => inFlight('CopyObject'));
    // The copy ends with a listing that verifies it; the purge follows.
    const list = hold('ListObjectsV2');
    copy();
    await eventually('the listing after the copy', () => inFlight('ListObjectsV2'));
    assert.equal(await keeper.bucket.read(`${product}/v/main/index.html`), 'second');
    await worker.kill();
    list();
    assert.ok(!purgedKeys(sent).includes(key), 'no purge was sent');
    assert.equal(await owes('editions'), true);
    await startWorker();
    await isPublished(task);
    await settled();
    assert.ok(purgedKeys(sent).includes(key));
  });

  it('sends the purge again when the CDN had received it and no confirmation was stored', async () => {
    const { surrogate_key: key } = await rowOf('editions');
    [killAt, isKilled] = [key, false];
    const task = await begin('third');
    await eventually('the kill', () => Promise.resolve(isKilled), timeoutMs);
    const sent = fastly.requests.length;
    assert.equal(await owes('editions'), true);
    await startWorker();
    await isPublished(task);
    await settled();
    assert.ok(purgedKeys(sent).includes(key));
  });

  it('sends the purge of a dashboard again when no confirmation of it was stored', async () => {
    const { surrogate_key: key } = await rowOf('products');
    [killAt, isKilled] = [key, false];
    const { body } = await keeper.request('PATCH', `/products/${product}`, { title: 'Another title' });
    await eventually('the kill', () => Promise.resolve(isKilled), timeoutMs);
    const sent = fastly.requests.length;
    assert.match(await keeper.bucket.read(`${product}/v/index.html`), /Another title/);
    assert.equal(await owes('products'), true);
    await startWorker();
    await isPublished(new URL((body as { queue_url: string }).queue_url).pathname);
    await settled();
    assert.ok(purgedKeys(sent).includes(key));
  });
});
