import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.js';
import { bodyOf, startTestApi, type TestApi } from '../support/api.js';
import { createTestProduct } from '../support/builds.js';

describe('an API at its limit of concurrent requests', () => {
  let api: TestApi;

  before(async () => {
    api = await startTestApi({ maxRequests: 2 });
  });
  after(() => api.close());

  it('refuses one more request with 503, answers health checks, and recovers when one is answered', async () => {
    const { admin } = await createTestProduct(api);
    const holder = await api.knex.transaction();
    try {
      await holder.raw('LOCK TABLE products IN ACCESS EXCLUSIVE MODE');
      const waiting = [1, 2].map(() => admin.get('/products/').then(({ status }) => status));
      await eventually('both requests to be in progress', async () => {
        const { rows } = await api.knex.raw<{ rows: unknown[] }>(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rows.length === 2;
      });
      const refused = await admin.get('/products/').expect(503);
      assert.equal(refused.get('retry-after'), '5');
      assert.equal(bodyOf(refused)['message'], '2 requests are being worked on. Please try again.');
      await admin.get('/healthz').expect(200);
      await holder.rollback();
      assert.deepEqual(await Promise.all(waiting), [200, 200]);
      await admin.get('/products/').expect(200);
    } finally {
      await holder.rollback();
    }
  });

  it('stops counting a request whose client has gone', async () => {
    const holder = await api.knex.transaction();
    try {
      await holder.raw('LOCK TABLE products IN ACCESS EXCLUSIVE MODE');
      const leaving = new AbortController();
      const gone = [1, 2].map(() =>
        fetch(`${api.baseUrl}/products/`, { signal: leaving.signal }).catch(() => undefined),
      );
      await eventually('the limit to be reached', async () => (await fetch(`${api.baseUrl}/`)).status === 503);
      leaving.abort();
      await Promise.all(gone);
      await holder.rollback();
      await eventually('the next request to be accepted', async () => (await fetch(`${api.baseUrl}/`)).status === 200);
    } finally {
      await holder.rollback();
    }
  });

  it('logs no warning about leaked listeners while it works on eleven requests', async () => {
    const wide = await startTestApi({ maxRequests: 11 });
    const warnings: string[] = [];
    const note = ({ name }: Error): void => void warnings.push(name);
    process.on('warning', note);
    const holder = await wide.knex.transaction();
    try {
      await holder.raw('LOCK TABLE products IN ACCESS EXCLUSIVE MODE');
      const answers = Array.from({ length: 11 }, () => fetch(`${wide.baseUrl}/products/`));
      await eventually('the limit to be reached', async () => (await fetch(`${wide.baseUrl}/`)).status === 503);
      await holder.rollback();
      await Promise.all(answers);
      assert.ok(!warnings.includes('MaxListenersExceededWarning'));
    } finally {
      await holder.rollback();
      process.removeListener('warning', note);
      await wide.close();
    }
  });
});
