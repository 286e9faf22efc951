import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { createRebuildMetrics } from '../../../src/observability/metrics/rebuild-metrics.js';

function unexpected(_fields: unknown, message: string): void {
  throw new Error(`an unexpected line: ${message}`);
}

describe('createRebuildMetrics', () => {
  it('counts what ended, by its outcome, and how long it took', async () => {
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

  it('never fails what has ended, and says that it was not counted', async () => {
    const warned: string[] = [];
    const metrics = createRebuildMetrics(new Registry(), {
      logger: { warn: (_fields, message) => warned.push(message), info: unexpected },
      find: () => Promise.reject(new Error('down')),
    });
    await metrics.ended(7);
    assert.deepEqual(warned, ['the end of a rebuild was not counted']);
  });
});
