import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';
import request, { type Response } from 'supertest';
import { createApp } from '../../src/api/app.js';
import type { ApiDeps } from '../../src/api/deps.js';
import { createProbes } from '../../src/api/readiness.js';
import { createKnex } from '../../src/db/knex.js';
import { createRowsByKey } from '../../src/db/rows-by-key.js';
import { freePort } from '../../dev/free-port.js';
import type { DatabaseTimeouts } from '../../src/config/settings/database.js';
import { bodyOf, startTestApi, type TestApi } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import { freezePostgres } from '../support/freeze-postgres.js';
import { createLimitedRole } from '../support/limited-role.js';

describe('the API without a usable database', () => {
  let api: TestApi;

  before(async () => {
    api = await startTestApi();
  });
  after(() => api.close());

  /** The app's parts with another pool. */
  function over(knex: Knex): ApiDeps {
    return { ...api.deps, knex, rows: createRowsByKey(knex) };
  }

  async function answersUnavailable(url: string): Promise<void> {
    const knex = createKnex({ url, poolSize: 2, applicationName: 'test without a database' });
    try {
      const http = request(createApp(over(knex)).callback());
      const token = await api.token('upload');
      for (const asked of [
        http.get('/products/'),
        http.get('/products/any'),
        http.get('/editions/1'),
        http.get('/builds/1'),
        http.patch('/builds/1').auth(token, '').send({ uploaded: true }),
      ]) {
        const response = await asked.expect(503);
        assert.equal(response.get('retry-after'), '5');
        assert.deepEqual(response.body, {
          status: 503,
          error: 'service unavailable',
          message: 'The database does not answer; retry.',
        });
      }
    } finally {
      await knex.destroy();
    }
  }

  it("answers 503 when nothing listens at the database's address", async () => {
    await answersUnavailable(`postgresql://a:b@127.0.0.1:${await freePort()}/c`);
  });

  it('answers 503 when the name of the database host is unknown', async () => {
    await answersUnavailable('postgresql://a:b@no-such-host.invalid/c');
  });

  it('answers 503 when the database refuses the user or does not exist', async () => {
    const refused = new URL(api.database.url);
    refused.password = 'wrong';
    await answersUnavailable(refused.href);
    const missing = new URL(api.database.url);
    missing.pathname = '/no_such_database';
    await answersUnavailable(missing.href);
  });

  it('answers 503 when every connection of its pool is taken for too long', async () => {
    const knex = createKnex({ url: api.database.url, poolSize: 1, applicationName: 'test of a full pool' });
    const holder = await knex.transaction();
    try {
      const http = request(createApp(over(knex)).callback());
      await http.get('/products/').expect(503);
    } finally {
      await holder.rollback();
      await knex.destroy();
    }
  });

  it('answers 503 when a statement takes too long and when a row is locked for too long', async () => {
    const holder = await api.knex.transaction();
    try {
      await holder.raw('LOCK TABLE products IN ACCESS EXCLUSIVE MODE');
      const long = 60_000;
      assert.deepEqual(await answerAt({ connection: long, statement: 100, lock: long }), [
        503,
        '5',
        'Timed out waiting for a statement; retry.',
      ]);
      assert.deepEqual(await answerAt({ connection: long, statement: long, lock: 100 }), [
        503,
        '5',
        'Timed out waiting for a lock on a row; retry.',
      ]);
    } finally {
      await holder.rollback();
    }
  });

  async function answerAt(timeoutsMs: DatabaseTimeouts): Promise<unknown[]> {
    const knex = createKnex({ url: api.database.url, timeoutsMs, applicationName: 'test of timeouts' });
    try {
      return told(await request(createApp(over(knex)).callback()).get('/products/'));
    } finally {
      await knex.destroy();
    }
  }

  it('answers 503 when the server accepts no more connections, and recovers with it', async () => {
    const role = await createLimitedRole(api.knex, api.database);
    const knex = createKnex({ url: role.url, applicationName: 'test of a limit' });
    const http = request(createApp(over(knex)).callback());
    try {
      await http.get('/products/').expect(200);
      await role.limit(0);
      const refused = [503, '5', 'The database accepts no more connections; retry.'];
      // The first requests may still get the connection that was just cut.
      await eventually('the refusal', async () => isDeepStrictEqual(told(await http.get('/products/')), refused));
      assert.deepEqual(told(await http.get('/products/')), refused);
      await role.limit(-1);
      await http.get('/products/').expect(200);
    } finally {
      await knex.destroy();
      await role.drop();
    }
  });

  it('answers 503 and is not ready while the server is frozen, and recovers with it', async () => {
    const timeoutsMs = { connection: 500, statement: 500, lock: 500 };
    const knex = createKnex({ url: api.database.url, timeoutsMs, applicationName: 'test of a freeze' });
    const probes = createProbes({ knex, temporal: () => Promise.resolve() });
    const http = request(createApp({ ...over(knex), probes }).callback());
    try {
      await http.get('/readyz').expect(200);
      const begun = await knex.transaction();
      // It idles for as long as a busy machine takes to freeze the server.
      await begun.raw('SET LOCAL idle_in_transaction_session_timeout = 0');
      const thaw = await freezePostgres(api.knex);
      try {
        const [answer, readiness] = await Promise.all([
          http.get('/products/'),
          http.get('/readyz'),
          assert.rejects(Promise.resolve(begun.raw('SELECT 1')), { code: 'ETIMEDOUT' }),
        ]);
        assert.deepEqual(told(answer), [503, '5', 'The database does not answer; retry.']);
        assert.equal(readiness.status, 503);
      } finally {
        thaw();
        // Its connection is broken; the pool cannot end before it sees that.
        await begun.rollback();
      }
      await http.get('/products/').expect(200);
      await eventually('the service to be ready', async () => (await http.get('/readyz')).status === 200);
    } finally {
      await knex.destroy();
    }
  });

  it('answers 503 when its connection is cut, and answers the next request', async () => {
    await api.http.get('/products/').expect(200);
    const blocked = api.knex.transaction(async (trx) => {
      await trx.raw('LOCK TABLE products IN ACCESS EXCLUSIVE MODE');
      const reading = api.http.get('/products/');
      const answer = reading.then((response) => response);
      await cutWaiting(api);
      return answer;
    });
    assert.equal((await blocked).status, 503);
    await api.http.get('/products/').expect(200);
  });
});

/** Status, Retry-After and message. */
function told(response: Response): unknown[] {
  return [response.status, response.get('retry-after'), bodyOf(response)['message']];
}

/** Waits for backends that wait for a lock in the test's database, and ends them as an administrator would. */
async function cutWaiting(api: TestApi): Promise<void> {
  for (let cut = 0; cut === 0;) {
    const { rows } = await api.knex.raw<{ rows: unknown[] }>(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    cut = rows.length;
  }
}
