import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { createRequestMetrics } from '../../../../src/observability/metrics/request-metrics.js';
import { startTestApi, type TestApi } from '../../../support/api.js';

describe('countRequests', () => {
  const registry = new Registry();
  let api: TestApi;

  before(async () => {
    api = await startTestApi({ requests: createRequestMetrics(registry) });
  });

  after(async () => {
    await api.close();
  });

  /** Labels and value of each line of the counter. */
  const counted = async (): Promise<string[]> => {
    const text = await registry.getSingleMetricAsString('ltd_http_requests_total');
    return text.split('\n').filter((line) => line.startsWith('ltd_'));
  };

  it('counts requests by the pattern of the route', async () => {
    for (const id of [1, 2, 3]) await api.http.get(`/builds/${id}`).expect(404);
    for (const path of ['/wp-login.php', '/.env', '/builds/1/x']) await api.http.get(path).expect(404);
    await api.http.get('/metrics').expect(404);
    await api.http.put('/builds/1').expect(405);
    assert.deepEqual((await counted()).sort(), [
      'ltd_http_requests_total{method="GET",route="/builds/{id}",status="404"} 3',
      'ltd_http_requests_total{method="GET",route="none",status="404"} 4',
      'ltd_http_requests_total{method="other",route="none",status="405"} 1',
    ]);
  });

  it('counts no request as in progress once all are answered', async () => {
    assert.match(await registry.metrics(), /^ltd_http_requests_in_flight 0$/m);
  });
});
