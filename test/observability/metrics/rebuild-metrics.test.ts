import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { createWorkerMetrics } from '../../../src/worker/worker-metrics.js';
import { createApiMetrics } from '../../../src/api/api-metrics.js';
import { createKnex } from '../../../src/db/knex.js';
import { createRebuildMetrics } from '../../../src/observability/metrics/rebuild-metrics.js';

function unexpected(_fields: unknown, message: string): void {
  throw new Error(`an unexpected line: ${message}`);
}

describe('createRebuildMetrics', () => {
  it('counts ended rebuilds by outcome and measures their duration', async () => {
    const registry = new Registry();
    const metrics = createRebuildMetrics(registry, {
      logger: { warn: unexpected, info: unexpected },
      find: (editionId, generation) => {
        assert.deepEqual([editionId, generation], [7, 2]);
        return Promise.resolve([
          { outcome: 'superseded', seconds: 9 },
          { outcome: 'published', seconds: 3 },
        ]);
      },
    });
    await metrics.ended(7, 2);
    const text = await registry.metrics();
    assert.match(text, /^ltd_rebuilds_total\{outcome="published"\} 1$/m);
    assert.match(text, /^ltd_rebuilds_total\{outcome="superseded"\} 1$/m);
    assert.match(text, /^ltd_rebuilds_total\{outcome="failed"\} 0$/m);
    assert.match(text, /^ltd_rebuild_duration_seconds_sum\{outcome="published"\} 3$/m);
  });

  it('logs an end that could not be counted, and does not fail the rebuild', async () => {
    const warned: string[] = [];
    const metrics = createRebuildMetrics(new Registry(), {
      logger: { warn: (_fields, message) => warned.push(message), info: unexpected },
      find: () => Promise.reject(new Error('down')),
    });
    await metrics.ended(7);
    assert.deepEqual(warned, ['the end of a rebuild was not counted']);
  });

  for (const create of [createApiMetrics, createWorkerMetrics])
    it(`queries the database only when metrics are served: ${create.name}`, async () => {
      const warned: string[] = [];
      const logger = {
        warn: (_fields: unknown, message: string) => warned.push(message),
        info: unexpected,
      };
      // Nothing listens there, so that each query fails.
      const knex = createKnex({ url: 'postgresql://127.0.0.1:1/none' });
      const pausedRuns = (): Promise<number> => Promise.resolve(0);
      await create({ knex, logger, pausedRuns, served: false }).rebuilds.ended(7, 2);
      assert.deepEqual(warned, []);
      await create({ knex, logger, pausedRuns, served: true }).rebuilds.ended(7, 2);
      assert.deepEqual(warned, ['the end of a rebuild was not counted']);
      await knex.destroy();
    });
});
