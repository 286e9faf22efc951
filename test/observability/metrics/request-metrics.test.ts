import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { createRequestMetrics } from '../../../src/observability/metrics/request-metrics.js';

describe('createRequestMetrics', () => {
  it('has as many series after a thousand odd requests as after one', async () => {
    const registry = new Registry();
    const metrics = createRequestMetrics(registry);
    const series = async (): Promise<number> =>
      (await registry.metrics()).split('\n').filter((line) => line.startsWith('ltd_')).length;
    const odd = (method: string): void => {
      metrics.begun();
      metrics.answered({ method, route: undefined, status: 404, seconds: 0.1 });
    };
    odd('PROPFIND');
    const first = await series();
    for (let n = 0; n < 1_000; n += 1) odd(`METHOD${n}`);
    assert.equal(await series(), first);
  });

  it('counts the requests in progress', async () => {
    const registry = new Registry();
    const metrics = createRequestMetrics(registry);
    metrics.begun();
    metrics.begun();
    metrics.answered({ method: 'GET', route: '/', status: 200, seconds: 1 });
    assert.match(await registry.metrics(), /^ltd_http_requests_in_flight 1$/m);
  });
});
