import assert from 'node:assert/strict';
import { request } from 'undici';
import { freePort } from '../../dev/free-port.js';
import type { RunningProcess } from '../../dev/start-process.js';
import { createKnex } from '../../src/db/knex.js';
import { type ApiProcess, launchApi, logOf, untilApiListens } from '../support/api-process.js';
import { createEmptyDatabase, createTestDatabase, dropTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { productBody } from '../support/products.js';
import { testTemporal } from '../support/servers.js';

/** An API that is stopping, and the request that it is still answering. */
interface StoppingApi {
  readonly api: RunningProcess;
  readonly answer: ReturnType<typeof request>;
  /** Lets the request continue. */
  readonly letGo: () => Promise<unknown>;
}

describe('the API process', () => {
  let database: TestDatabase;
  let temporal: string;
  const running: RunningProcess[] = [];

  before(async () => {
    database = await createTestDatabase();
    temporal = (await testTemporal()).address;
  });
  after(async () => {
    await Promise.all(running.map((one) => one.stop()));
    await dropTestDatabase(database);
  });

  async function launch(env: Readonly<Record<string, string>> = {}): Promise<RunningProcess> {
    const started = await launchApi({ DATABASE_URL: database.url, TEMPORAL_ADDRESS: temporal, ...env });
    running.push(started);
    return started;
  }

  async function start(env?: Readonly<Record<string, string>>): Promise<ApiProcess> {
    return untilApiListens(await launch(env));
  }

  async function tokenOf(api: ApiProcess): Promise<string> {
    const response = await request(`${api.url}/token`, { headers: { authorization: basic('admin:pug') } });
    assert.equal(response.statusCode, 200);
    return ((await response.body.json()) as { token: string }).token;
  }

  it('creates the first administrator, becomes ready, and exits with 0 on a stop signal', async () => {
    const api = await start();
    const token = await tokenOf(api);
    const response = await request(`${api.url}/products/`, {
      method: 'POST',
      headers: { authorization: basic(`${token}:`), 'content-type': 'application/json' },
      body: JSON.stringify(productBody({ slug: 'of-a-process' })),
    });
    assert.equal(response.statusCode, 201);
    const ready = await request(`${api.url}/readyz`);
    assert.deepEqual(await ready.body.json(), {
      status: 'ok',
      checks: { database: 'ok', schema: 'ok', temporal: 'ok' },
    });
    assert.deepEqual(await api.process.stop(), { code: 0, signal: null });
    assert.doesNotMatch(await logOf(api.process), /pug|a key for tests/);
  });

  it('serves metrics on a separate port only', async () => {
    const api = await launch({ LTD_METRICS_PORT: '0', LTD_METRICS_HOST: '127.0.0.1' });
    const ports = await eventually('both ports to be open', async () => {
      if (api.exit() !== undefined) throw new Error(await logOf(api));
      const found = [...(await logOf(api)).matchAll(/"port":(\d+)/g)].map(([, port]) => port);
      return found.length === 2 && found;
    });
    const [metrics, own] = ports.map((port) => `http://127.0.0.1:${port}`);
    const status = async (url: string): Promise<number> => {
      const { statusCode, body } = await request(url);
      await body.dump();
      return statusCode;
    };
    assert.deepEqual([await status(`${own}/metrics`), await status(`${metrics}/products/`)], [404, 404]);
    const text = await (await request(`${metrics}/metrics`)).body.text();
    assert.match(text, /^ltd_http_requests_total\{method="GET",route="none",status="404"\} 1$/m);
    assert.match(text, /^ltd_rebuilds_pending 0$/m);
    assert.deepEqual(await api.stop(), { code: 0, signal: null });
  });

  /** Stops an API while one of its requests waits for a lock; resolves once it accepts no new connection. */
  async function stopInMidRequest(work: (stopping: StoppingApi) => Promise<void>): Promise<void> {
    const api = await start();
    const knex = createKnex({ url: database.url, applicationName: 'test of a drain' });
    const holder = await knex.transaction();
    try {
      await holder.raw('LOCK TABLE products IN ACCESS EXCLUSIVE MODE');
      const answer = request(`${api.url}/products/`);
      const settled = answer.catch(() => undefined);
      await eventually('the request to wait', async () => {
        const { rows } = await knex.raw<{ rows: unknown[] }>(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rows.length > 0;
      });
      process.kill(api.process.pid, 'SIGTERM');
      await eventually('the port to close', () =>
        request(`${api.url}/readyz`).then(
          () => false,
          () => true,
        ),
      );
      await work({ api: api.process, answer, letGo: () => holder.rollback() });
      await settled;
    } finally {
      await holder.rollback();
      await knex.destroy();
    }
  }

  it('answers open requests before it exits, closes their connections and accepts no new ones', async () => {
    await stopInMidRequest(async ({ api, answer, letGo }) => {
      await letGo();
      const { statusCode, headers } = await answer;
      assert.deepEqual([statusCode, headers['connection']], [200, 'close']);
      assert.deepEqual(await api.exited, { code: 0, signal: null });
    });
  });

  it('exits at once on a second stop signal', async () => {
    await stopInMidRequest(async ({ api, answer }) => {
      process.kill(api.pid, 'SIGTERM');
      assert.deepEqual(await api.exited, { code: null, signal: 'SIGTERM' });
      await assert.rejects(answer);
    });
  });

  it('answers requests without Temporal, and reports at /readyz that it is missing', async () => {
    const api = await start({ TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` });
    const token = await tokenOf(api);
    const response = await request(`${api.url}/products/`, {
      method: 'POST',
      headers: { authorization: basic(`${token}:`), 'content-type': 'application/json' },
      body: JSON.stringify(productBody({ slug: 'without-temporal' })),
    });
    assert.equal(response.statusCode, 201);
    const ready = await request(`${api.url}/readyz`);
    assert.equal(ready.statusCode, 503);
    assert.match(await ready.body.text(), /"message":"temporal: /);
    await api.process.stop();
  });

  it('signals Temporal before it exits for each answered request, or logs that it could not', async () => {
    const api = await start({ TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` });
    const authorization = basic(`${await tokenOf(api)}:`);
    const response = await request(`${api.url}/products/`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(productBody({ slug: 'at-the-end' })),
    });
    assert.equal(response.statusCode, 201);
    assert.deepEqual(await api.process.stop(), { code: 0, signal: null });
    assert.match(await logOf(api.process), /a workflow was not signalled; Reconcile will start it/);
  });

  it('refuses to start on an older schema, and says what to do', async () => {
    const empty = await createEmptyDatabase();
    try {
      const started = await launch({ DATABASE_URL: empty.url });
      assert.deepEqual(await started.exited, { code: 1, signal: null });
      assert.match(await logOf(started), /^The database schema is older .* Run 'ltd-keeper migrate'/m);
    } finally {
      await dropTestDatabase(empty);
    }
  });

  it('refuses to start on a port that is in use', async () => {
    const api = await start();
    const started = await launch({ PORT: new URL(api.url).port });
    assert.deepEqual(await started.exited, { code: 1, signal: null });
    assert.match(await logOf(started), /EADDRINUSE/);
    await api.process.stop();
  });

  it('refuses to start without required settings, and names all that are missing', async () => {
    const started = await launch({ DATABASE_URL: '', LTD_KEEPER_SECRET_KEY: '' });
    assert.deepEqual(await started.exited, { code: 1, signal: null });
    const log = await logOf(started);
    assert.match(log, /DATABASE_URL is not set/);
    assert.doesNotMatch(log, /\n\s+at /);
  });
});

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}
