import assert from 'node:assert/strict';
import request from 'supertest';
import { createApp } from '../../../src/api/app.js';
import type { ApiDeps } from '../../../src/api/deps.js';
import { startTestApi, type TestApi } from '../../support/api.js';

describe('the routes of health', () => {
  let api: TestApi;

  before(async () => {
    api = await startTestApi();
  });
  after(() => api.close());

  function http(overrides: Partial<ApiDeps>): ReturnType<typeof request> {
    return request(createApp({ ...api.deps, ...overrides }).callback());
  }

  const well = { database: () => Promise.resolve(), temporal: () => Promise.resolve() };

  it('answers /healthz with 200 while the process runs, whatever its dependencies do', async () => {
    const response = await http({ probes: { database: () => Promise.reject(new Error('down')) } })
      .get('/healthz')
      .expect(200);
    assert.deepEqual(response.body, { status: 'ok' });
  });

  it('answers /readyz with 200 when all dependencies answer', async () => {
    const response = await http({ probes: well }).get('/readyz').expect(200);
    assert.deepEqual(response.body, { status: 'ok', checks: { database: 'ok', temporal: 'ok' } });
  });

  it('names a failed dependency at /readyz, and the reason', async () => {
    const probes = { ...well, temporal: () => Promise.reject(new Error('no connection')) };
    const response = await http({ probes }).get('/readyz').expect(503);
    assert.deepEqual(response.body, {
      status: 503,
      error: 'service unavailable',
      message: 'temporal: no connection',
      checks: { database: 'ok', temporal: 'no connection' },
    });
    assert.equal(response.get('retry-after'), '5');
  });

  it('excludes Temporal, and nothing else, from /readyz on request', async () => {
    const lost = { ...well, temporal: () => Promise.reject(new Error('no connection')) };
    const response = await http({ probes: lost }).get('/readyz?exclude=temporal').expect(200);
    assert.deepEqual(response.body, { status: 'ok', checks: { database: 'ok' } });
    await http({ probes: { ...lost, database: lost.temporal } })
      .get('/readyz?exclude=temporal')
      .expect(503);
    await http({ probes: lost }).get('/readyz?exclude=database').expect(400);
  });

  it('reports the error of each address of a host', async () => {
    const refused = new AggregateError([
      new Error('connect ECONNREFUSED ::1'),
      new Error('connect ECONNREFUSED 127.0.0.1'),
    ]);
    const response = await http({ probes: { database: () => Promise.reject(refused) } })
      .get('/readyz')
      .expect(503);
    assert.match(response.text, /"database: connect ECONNREFUSED ::1; connect ECONNREFUSED 127\.0\.0\.1"/);
  });

  it('answers /readyz in time when a dependency does not answer', async () => {
    const probes = { ...well, temporal: () => new Promise<never>(() => undefined) };
    const response = await http({ probes }).get('/readyz').expect(503);
    assert.match(response.text, /temporal: does not answer within 1000 ms/);
  });

  it('answers /readyz with 503 once the process is about to stop', async () => {
    const response = await http({ probes: well, stopping: AbortSignal.abort() }).get('/readyz').expect(503);
    assert.match(response.text, /process: is about to stop/);
  });
});
