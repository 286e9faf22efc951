import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '../../scripts/paths.js';
import { createApiMetrics } from '../../src/api/api-metrics.js';
import { createLogger } from '../../src/observability/logger.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { announce, makeBuild, makeProduct, taskEnd } from '../support/scenario.js';
import { startWorkerProcess } from '../support/worker-process.js';

const product = 'pipelines';

/**
 * Metrics of Temporal's library that appear only after an event that must never happen here; see
 * https://docs.temporal.io/references/sdk-metrics#workflow_task_execution_failed.
 */
const neverSeen = ['temporal_workflow_task_execution_failed_total'];

describe('the metrics of a worker', function () {
  this.timeout(90_000);
  let keeper: TestKeeper;
  let url: string;
  let text: string;

  before(async () => {
    keeper = await startTestKeeper();
    const worker = await startWorkerProcess(keeper, { LTD_METRICS_PORT: '0', LTD_METRICS_HOST: '127.0.0.1' });
    url = await eventually('the metrics to be served', async () => {
      const [line] = await worker.logged('metrics are served');
      const address = line?.['address'] as { port: number } | undefined; // the address of the server
      return address && `http://127.0.0.1:${address.port}`;
    });
    await makeProduct(keeper, product);
    const first = await makeBuild(keeper, product, {
      'index.html': 'one',
      'same.txt': 'same',
      'old.txt': '',
    });
    await taskEnd(keeper, await announce(keeper, first));
    const second = await makeBuild(keeper, product, { 'index.html': 'two', 'same.txt': 'same' });
    await taskEnd(keeper, await announce(keeper, second));
    text = await toldWith('ltd_rebuilds_total{outcome="published"} 2');
  });

  /** The metrics, once they contain this line. */
  async function toldWith(line: string): Promise<string> {
    return eventually(line, async () => {
      const told = await (await fetch(`${url}/metrics`)).text();
      return told.includes(`${line}\n`) && told;
    });
  }

  after(async () => {
    await keeper.close();
  });

  it('counts the objects that were copied, unchanged and deleted', () => {
    const objects = (result: string) => valueOf(text, `ltd_copy_objects_total{result="${result}"}`);
    assert.deepEqual([objects('copied'), objects('unchanged'), objects('removed')], [4, 1, 1]);
    assert.equal(valueOf(text, 'ltd_copy_bytes_total'), 'onesametwo'.length);
    assert.equal(valueOf(text, 'ltd_rebuild_duration_seconds_count{outcome="published"}'), 2);
  });

  it('counts the requests to the store', () => {
    const answered = (kind: string) =>
      valueOf(text, `ltd_store_requests_total{kind="${kind}",outcome="answered"}`) ?? 0;
    assert.ok(answered('write') >= 5 && answered('read') >= 4, text);
    assert.ok((valueOf(text, 'ltd_store_window{kind="write"}') ?? 0) > 0);
  });

  it("serves metrics of database connections, of the process and those of Temporal's library", () => {
    assert.ok(valueOf(text, 'ltd_database_connections{state="free"}') !== undefined);
    assert.ok((valueOf(text, 'process_resident_memory_bytes') ?? 0) > 0);
    assert.match(text, /^temporal_worker_task_slots_available\{.*task_queue="keeper-copy"/m);
    assert.match(text, /^temporal_workflow_completed_total\{.*workflow_type="RebuildEdition"/m);
  });

  it('serves no series twice, so that Prometheus accepts them', () => {
    const types = text.split('\n').filter((line) => line.startsWith('# TYPE '));
    assert.deepEqual(types, [...new Set(types)]);
  });

  it('serves every name that the Grafana dashboard and the alerts use', async () => {
    const api = createApiMetrics({
      knex: keeper.knex,
      logger: createLogger({ level: 'silent', name: 'test' }),
      pausedRuns: () => Promise.resolve(0),
      served: true,
    });
    api.requests.begun();
    api.requests.answered({ method: 'GET', route: '/', status: 200, seconds: 1 });
    // The next build has no objects: it fails, which has its own metrics.
    await taskEnd(keeper, await announce(keeper, await makeBuild(keeper, product, {})));
    const worker = await toldWith('ltd_rebuilds_total{outcome="failed"} 1');
    const told = new Set([...namesIn(worker), ...namesIn(await api.registry.metrics()), ...neverSeen]);
    const folder = join(checkout, 'k8s', 'components', 'monitoring');
    for (const file of ['alerts.yaml', 'grafana-dashboard.json']) {
      const named = namesIn(await readFile(join(folder, file), 'utf8'));
      assert.ok(named.size > 10, file);
      assert.deepEqual(
        [...named].filter((name) => !told.has(name)),
        [],
        file,
      );
    }
  });

  it('reports on the same port whether the worker is alive', async () => {
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
  });
});

/** Every text that looks like the name of one of our metrics. */
function namesIn(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/\b(?:ltd|temporal|nodejs|process)_[a-z0-9_]+\b/g)].map(([name]) => name));
}

/** The value of the series with this text. */
function valueOf(text: string, series: string): number | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
}
