import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import type { Backlog } from '../../../src/db/queries/backlog.js';
import {
  freshValue,
  registerBacklogMetrics,
  registerPauseMetric,
} from '../../../src/observability/metrics/backlog-metrics.js';
import { eventually } from '../../support/eventually.js';

const backlog: Backlog = {
  rebuilds: 3,
  oldestRebuildSeconds: 61.5,
  tasks: 4,
  oldestTaskSeconds: 70,
  dashboards: 1,
  events: 2,
  oldestEventSeconds: 5,
  purges: 2,
  oldestPurgeSeconds: 7,
};

describe('registerBacklogMetrics', () => {
  const told = async (read: () => Promise<Backlog>): Promise<string> => {
    const registry = new Registry();
    registerBacklogMetrics(registry, read);
    return registry.metrics();
  };

  it('reports open work, with one query for all its gauges', async () => {
    let readings = 0;
    const text = await told(() => {
      readings += 1;
      return Promise.resolve(backlog);
    });
    assert.match(text, /^ltd_rebuilds_pending 3$/m);
    assert.match(text, /^ltd_rebuild_oldest_pending_seconds 61\.5$/m);
    assert.match(text, /^ltd_task_oldest_open_seconds 70$/m);
    assert.match(text, /^ltd_database_up 1$/m);
    assert.equal(readings, 1);
  });

  it('reports NaN when the database does not answer', async () => {
    const text = await told(() => Promise.reject(new Error('down')));
    assert.match(text, /^ltd_rebuilds_pending Nan$/im);
    assert.match(text, /^ltd_database_up 0$/m);
  });
});

describe('registerPauseMetric', () => {
  const told = async (count: () => Promise<number>): Promise<string> => {
    const registry = new Registry();
    registerPauseMetric(registry, count);
    return registry.metrics();
  };

  it('reports how many runs are paused, and NaN when Temporal does not answer', async () => {
    assert.match(await told(() => Promise.resolve(2)), /^ltd_paused_runs 2$/m);
    assert.match(await told(() => Promise.reject(new Error('down'))), /^ltd_paused_runs Nan$/im);
  });
});

describe('freshValue', () => {
  const day = 86_400_000;

  it('reads once for all who ask meanwhile, and for who asks soon after', async () => {
    let readings = 0;
    const read = freshValue(() => Promise.resolve((readings += 1)), { maxAge: day, timeoutMs: day });
    assert.deepEqual(await Promise.all([read(), read()]), [1, 1]);
    assert.equal(await read(), 1);
  });

  it('reads again when the value is too old', async () => {
    let readings = 0;
    const read = freshValue(() => Promise.resolve((readings += 1)), { maxAge: 1, timeoutMs: day });
    await read();
    await eventually('another reading', async () => (await read()) === 2);
  });

  it('answers null for what cannot be read, and looks again at the next time', async () => {
    let fails = true;
    const read = freshValue(() => (fails ? Promise.reject(new Error('down')) : Promise.resolve('up')), {
      maxAge: day,
      timeoutMs: day,
    });
    assert.equal(await read(), null);
    fails = false;
    assert.equal(await read(), 'up');
  });

  it('answers null to who has waited long enough, and asks nobody a second time meanwhile', async () => {
    let readings = 0;
    const read = freshValue(
      () => {
        readings += 1;
        return new Promise(() => undefined);
      },
      { maxAge: day, timeoutMs: 1 },
    );
    assert.deepEqual([await read(), await read(), readings], [null, null, 1]);
  });
});
