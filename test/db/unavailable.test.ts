import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { createKnex } from '../../src/db/knex.js';
import { Product } from '../../src/db/models/product.js';
import { databaseUnavailability } from '../../src/db/unavailable.js';
import { sqlStateOf } from '../../src/db/transaction.js';
import { freePort } from '../../dev/free-port.js';
import { createLimitedRole } from '../support/limited-role.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from '../support/database.js';

const silent = 'The database does not answer.';

describe('what keeps the database from being used', () => {
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
    assert.equal(databaseUnavailability(error), silent);
  });

  it('knows a host that there is none of', async () => {
    const error = await failure(ask, (url) => {
      url.hostname = 'no-such-host.invalid';
    });
    assert.equal(databaseUnavailability(error), silent);
  });

  it('knows a server that does not let us in', async () => {
    const error = await failure(ask, (url) => {
      url.password = 'wrong';
    });
    assert.equal(databaseUnavailability(error), silent);
  });

  it('knows a database that does not exist yet', async () => {
    const error = await failure(ask, (url) => {
      url.pathname = '/no_such_database';
    });
    assert.equal(databaseUnavailability(error), silent);
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
    assert.equal(databaseUnavailability(cut), silent);
  });

  it('knows a server that takes no more connections', async () => {
    const knex = createKnex({ url: database.url, applicationName: 'test of a limit' });
    const role = await createLimitedRole(knex, database);
    try {
      await role.limit(0);
      const error = await failure(ask, (url) => {
        url.username = new URL(role.url).username;
      });
      assert.equal(sqlStateOf(error), '53300');
      assert.equal(databaseUnavailability(error), 'The database takes no more connections.');
    } finally {
      await role.drop();
      await knex.destroy();
    }
  });

  it('knows a row that somebody else holds', async () => {
    const holder = createKnex({ url: database.url, applicationName: 'test holding' });
    try {
      await holder.transaction(async (held) => {
        await held.raw('LOCK TABLE products');
        const error = await failure(async (knex) =>
          knex.transaction(async (trx) => {
            await trx.raw("SET LOCAL lock_timeout = '10ms'");
            await ask(trx);
          }),
        );
        const sentence = 'Somebody else has held a row for too long that this needs.';
        assert.equal(databaseUnavailability(error), sentence);
      });
    } finally {
      await holder.destroy();
    }
  });

  it('knows a statement that was cut for taking too long', async () => {
    const error = await failure(async (knex) =>
      knex.transaction(async (trx) => {
        await trx.raw("SET LOCAL statement_timeout = '10ms'");
        await trx.raw('SELECT pg_sleep(10)');
      }),
    );
    assert.equal(databaseUnavailability(error), 'The database took too long over a statement.');
  });

  it('knows a pool that has no connection left', async () => {
    const error = await failure(async (knex) =>
      // The only connection is taken, and another is asked for.
      knex.transaction(() => knex.raw('SELECT 1')),
    );
    assert.equal(
      databaseUnavailability(error),
      'No connection to the database could be had in time: all are in use, or it takes no more.',
    );
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
    for (const fault of faults) assert.equal(databaseUnavailability(fault), undefined, String(fault));
  });

  it('knows what pg says only in words', () => {
    for (const message of [
      'Connection terminated unexpectedly',
      'ROLLBACK - Connection terminated unexpectedly',
      'timeout exceeded when trying to connect',
      'Client has encountered a connection error and is not queryable',
    ])
      assert.equal(databaseUnavailability(new Error(message)), silent, message);
  });
});
