import assert from 'node:assert/strict';
import { Counter, Registry } from 'prom-client';
import { createLogger } from '../../../src/observability/logger.js';
import {
  type MetricsServer,
  type MetricsServerOptions,
  startMetricsServer,
} from '../../../src/observability/metrics/metrics-server.js';

describe('the metrics server', () => {
  const servers: MetricsServer[] = [];
  const logger = createLogger({ level: 'silent', name: 'test' });

  const start = async (options: Partial<MetricsServerOptions> = {}): Promise<string> => {
    const registry = new Registry();
    new Counter({ name: 'ltd_test_total', help: 'A test.', registers: [registry] }).inc();
    const server = await startMetricsServer({ host: '127.0.0.1', port: 0, registry, logger, ...options });
    servers.push(server);
    return `http://127.0.0.1:${server.port}`;
  };

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  it('serves registered metrics, process metrics and added ones', async () => {
    const url = await start({ more: () => Promise.resolve('temporal_test 2\n') });
    const answer = await fetch(`${url}/metrics`);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/);
    const text = await answer.text();
    assert.match(text, /^ltd_test_total 1$/m);
    assert.match(text, /^nodejs_eventloop_lag_p99_seconds /m);
    assert.match(text, /^temporal_test 2$/m);
  });

  it('reports that the process is alive, or why it cannot work any more', async () => {
    let reason: string | null = null;
    const url = await start({ failure: () => reason });
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    reason = 'the worker has ended';
    const answer = await fetch(`${url}/healthz`);
    assert.deepEqual([answer.status, await answer.text()], [503, 'the worker has ended\n']);
  });

  it('answers only GET at its own addresses', async () => {
    const url = await start();
    for (const path of ['/', '/products/', '/metrics/x']) {
      assert.equal((await fetch(`${url}${path}`)).status, 404, path);
    }
    assert.equal((await fetch(`${url}/metrics`, { method: 'POST' })).status, 405);
  });

  it('answers 500 when metrics cannot be read, and continues', async () => {
    const url = await start({ more: () => Promise.reject(new Error('no')) });
    assert.equal((await fetch(`${url}/metrics`)).status, 500);
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
  });
});
