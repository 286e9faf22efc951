import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createDeliverEvent } from '../../../src/activities/events/deliver-event.js';
import { createKnex } from '../../../src/db/knex.js';
import { editionEvent } from '../../../src/domain/edition-event.js';
import { Registry } from 'prom-client';
import { hasCode, LtdError } from '../../../src/domain/errors.js';
import { createWorkMetrics } from '../../../src/observability/metrics/work-metrics.js';

const event = editionEvent({
  publishedAt: new Date(0),
  baseUrl: 'https://keeper.example.org',
  edition: { id: 7, slug: 'main', title: 'Latest' },
  product: { slug: 'pipelines', title: 'Pipelines' },
  domain: 'pipelines.lsst.io',
  buildId: 42,
});

describe('deliverEvent', () => {
  /** Not queried: these events have no row. */
  const knex = createKnex({ url: 'postgres://nobody@127.0.0.1:1/none', applicationName: 'test' });
  after(async () => {
    await knex.destroy();
  });

  it('fails with a retryable error that names the setting when the worker lacks it', async () => {
    const deliver = createDeliverEvent({ knex, metrics: createWorkMetrics(new Registry()), events: null });
    await assert.rejects(deliver(event), (error: Error) => {
      assert.ok(hasCode(error, 'event_undelivered'));
      assert.match(error.message, /LTD_EVENTS_URL/);
      return true;
    });
  });

  it('ends its request when it is cancelled', async () => {
    const environment = new MockActivityEnvironment();
    let signal: AbortSignal | undefined;
    const deliver = createDeliverEvent({
      knex,
      metrics: createWorkMetrics(new Registry()),
      events: {
        deliver: (_event, options) => {
          signal = options?.signal;
          return Promise.resolve();
        },
      },
    });
    await environment.run(deliver, event);
    assert.equal(signal?.aborted, false);
    environment.cancel();
    assert.equal(signal.aborted, true);
  });

  it('counts the outcome of each attempt', async () => {
    const registry = new Registry();
    const metrics = createWorkMetrics(registry);
    const ends = [null, new LtdError('event_undelivered', '503'), new LtdError('event_rejected', '400')];
    for (const end of ends) {
      const deliver = createDeliverEvent({
        knex,
        metrics,
        events: { deliver: () => (end === null ? Promise.resolve() : Promise.reject(end)) },
      });
      await new MockActivityEnvironment().run(deliver, event).catch((error: unknown) => {
        assert.equal(error, end);
      });
    }
    const text = await registry.getSingleMetricAsString('ltd_event_deliveries_total');
    for (const outcome of ['delivered', 'undelivered', 'rejected'])
      assert.match(text, new RegExp(`outcome="${outcome}"\\} 1`));
  });
});
