import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { type Part, passOver } from '../../../src/activities/reconcile/pass-over.js';
import { createLogger } from '../../../src/observability/logger.js';
import { createWorkMetrics, type WorkMetrics } from '../../../src/observability/metrics/work-metrics.js';
import { type ProtocolWorld, startProtocolWorld } from '../../support/protocol.js';

describe('passOver', () => {
  let world: ProtocolWorld;
  let registry: Registry;
  let metrics: WorkMetrics;
  let worked: number[];

  beforeEach(async () => {
    world = await startProtocolWorld();
    registry = new Registry();
    metrics = createWorkMetrics(registry);
    worked = [];
  });

  afterEach(async () => {
    await world.close();
  });

  const numbers = (last: number, work: Part<number>['work'], timeoutMs?: number): Part<number> => ({
    find: ({ after, limit }) =>
      Promise.resolve(
        Array.from({ length: last }, (_, index) => index + 1)
          .filter((id) => id > after)
          .slice(0, limit),
      ),
    idOf: (id) => id,
    work,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  const note = (id: number): Promise<void> => Promise.resolve(void worked.push(id));
  /** As another worker would create it: only the database has state. */
  const pass = (part: Part<number>, signal = new AbortController().signal) =>
    passOver(
      {
        knex: world.knex,
        logger: createLogger({ level: 'silent', name: 'test' }),
        metrics,
      },
      { name: 'events', part, signal },
    );
  const failures = async (): Promise<unknown> =>
    (await registry.getSingleMetric('ltd_reconcile_failures_total')?.get())?.values.filter(({ value }) => value > 0);

  it('counts failed items and continues with the others', async () => {
    const poisoned = new Set([1, 11, 12, 30]);
    const work = (id: number): Promise<void> => (poisoned.has(id) ? Promise.reject(new Error('poisoned')) : note(id));
    assert.deepEqual(await pass(numbers(30, work)), { done: 26, failed: 4 });
    assert.equal(worked.length, 26);
    assert.deepEqual(await failures(), [{ value: 4, labels: { part: 'events' } }]);
  });

  it('waits at most its limit for an item that does not end, which delays no other', async () => {
    const work = (id: number): Promise<void> => (id === 1 ? new Promise(() => undefined) : note(id));
    assert.deepEqual(await pass(numbers(50, work, 500)), { done: 49, failed: 1 });
  });

  it('continues where the last part stopped, and starts again after the last item', async () => {
    const part = numbers(2_500, note);
    for (const done of [1_000, 1_000, 500]) assert.deepEqual(await pass(part), { done, failed: 0 });
    assert.equal(new Set(worked).size, 2_500);
    assert.equal((await pass(part)).done, 1_000);
    assert.equal(worked.at(2_500), 1);
  });

  it('reaches the items after a thousand failed ones', async () => {
    const part = numbers(1_001, (id) => (id <= 1_000 ? Promise.reject(new Error('poisoned')) : note(id)));
    assert.deepEqual(await pass(part), { done: 0, failed: 1_000 });
    assert.deepEqual(await pass(part), { done: 1, failed: 0 });
  });

  it('starts nothing more once it is cancelled, and counts no cancelled item as failed', async () => {
    const controller = new AbortController();
    const part = numbers(100, (id, signal) => {
      if (id === 5) controller.abort(new Error('cancelled'));
      signal.throwIfAborted();
      return note(id);
    });
    await assert.rejects(pass(part, controller.signal), /cancelled/);
    assert.ok(worked.length < 20);
    assert.deepEqual(await failures(), []);
  });
});
