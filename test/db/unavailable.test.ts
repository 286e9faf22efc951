import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { createKnex } from '../../src/db/knex.js';
import { Product } from '../../src/db/models/product.js';
import { isDatabaseUnavailable } from '../../src/db/unavailable.js';
import { freePort } from '../../dev/free-port.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from '../support/database.js';

describe('isDatabaseUnavailable', () => {
  let database: TestDatabase;

  before(async () => {
    database = await createTestDatabase();
  });

  after(async () => {
    await dropTestDatabase(database);
  });

  /** What a query throws; `change` makes another URL of the database's. */
  const failure = async (
    query: (knex: Knex) => Promise<unknown>,
    change: (url: URL) => void = () => undefined,
  ): Promise<unknown> => {
    const url = new URL(database.url);
    change(url);
    const knex = createKnex({ url: url.href, applicationName: 'test unavailable', poolSize: 1 });
    try {
      return await query(knex).then(
        () => assert.fail('it did not fail'),
        (error: unknown) => error,
      );
    } finally {
      await knex.destroy();
    }
  };
  const ask = async (knex: Knex): Promise<unknown> => Product.query(knex).findById(1);

  it('knows a server that does not listen', async () => {
    const port = String(await freePort());
    const error = await failure(ask, (url) => {
      url.port = port;
    });
    assert.equal(isDatabaseUnavailable(error), true);
  });

  it('knows a host that there is none of', async () => {
    const error = await failure(ask, (url) => {
      url.hostname = 'no-such-host.invalid';
    });
    assert.equal(isDatabaseUnavailable(error), true);
  });

  it('knows a server that does not let us in', async () => {
    const error = await failure(ask, (url) => {
      url.password = 'wrong';
    });
    assert.equal(isDatabaseUnavailable(error), true);
  });

  it('knows a database that does not exist yet', async () => {
    const error = await failure(ask, (url) => {
      url.pathname = '/no_such_database';
    });
    assert.equal(isDatabaseUnavailable(error), true);
  });

  it('knows a connection that is cut while it is used', async () => {
    const cut = await failure(async (knex) => {
      const { pid } =
        (await knex.raw<{ rows: { pid: number }[] }>('SELECT pg_backend_pid() AS pid')).rows[0] ?? {};
      const other = createKnex({ url: database.url, applicationName: 'test cutting' });
      try {
        const waiting = knex.raw('SELECT pg_sleep(60)').then(() => undefined);
        const [ended] = await Promise.allSettled([
          waiting,
          other.raw('SELECT pg_terminate_backend(?)', [pid ?? 0]),
        ]);
        if (ended.status === 'rejected') throw ended.reason;
      } finally {
        await other.destroy();
      }
    });
    assert.equal(isDatabaseUnavailable(cut), true);
  });

  it('knows a statement that was cut for taking too long', async () => {
    const error = await failure(async (knex) =>
      knex.transaction(async (trx) => {
        await trx.raw("SET LOCAL statement_timeout = '10ms'");
        await trx.raw('SELECT pg_sleep(10)');
      }),
    );
    assert.equal(isDatabaseUnavailable(error), true);
  });

  it('knows a pool that has no connection left', async () => {
    const error = await failure(async (knex) =>
      // The only connection is taken, and another is asked for.
      knex.transaction(() => knex.raw('SELECT 1')),
    );
    assert.equal(isDatabaseUnavailable(error), true);
  });

  it('does not take a fault of ours for it', async () => {
    const faults = [
      await failure(async (knex) => knex.raw('SELECT no_such_column')),
      await failure(async (knex) => knex('products').insert({ slug: 'incomplete' })),
      new TypeError('x is not a function'),
      Object.assign(new Error('missing file'), { code: 'ENOENT' }),
      'connect ECONNREFUSED',
      undefined,
    ];
    for (const fault of faults) assert.equal(isDatabaseUnavailable(fault), false, String(fault));
  });

  it('knows what pg says only in words', () => {
    for (const message of [
      'Connection terminated unexpectedly',
      'timeout exceeded when trying to connect',
      'Client has encountered a connection error and is not queryable',
    ])
      assert.equal(isDatabaseUnavailable(new Error(message)), true, message);
  });
});
