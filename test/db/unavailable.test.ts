import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { createKnex } from '../../src/db/knex.js';
import { Product } from '../../src/db/models/product.js';
import { databaseUnavailability } from '../../src/db/unavailable.js';
import { sqlStateOf } from '../../src/db/transaction.js';
import { freePort } from '../../dev/free-port.js';
import { createLimitedRole } from '../support/limited-role.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from '../support/database.js';

const noAnswer = 'The database does not answer';

describe('errors of an unavailable database', () => {
  let database: TestDatabase;

  before(async () => {
    database = await createTestDatabase();
  });

  after(async () => {
    await dropTestDatabase(database);
  });

  /** The error of a query; `change` modifies the database's URL. */
  const failure = async (
    query: (knex: Knex) => Promise<unknown>,
    change: (url: URL) => void = () => undefined,
  ): Promise<unknown> => {
    const url = new URL(database.url);
    change(url);
    const knex = createKnex({ url: url.href, applicationName: 'test unavailable', poolSize: 1 });
    try {
      return await query(knex).then(
        () => assert.fail('the query succeeded'),
        (error: unknown) => error,
      );
    } finally {
      await knex.destroy();
    }
  };
  const ask = async (knex: Knex): Promise<unknown> => Product.query(knex).findById(1);

  it('recognises a server that does not listen', async () => {
    const port = String(await freePort());
    const error = await failure(ask, (url) => {
      url.port = port;
    });
    assert.equal(databaseUnavailability(error), noAnswer);
  });

  it('recognises an unknown host', async () => {
    const error = await failure(ask, (url) => {
      url.hostname = 'no-such-host.invalid';
    });
    assert.equal(databaseUnavailability(error), noAnswer);
  });

  it('recognises a server that refuses the user', async () => {
    const error = await failure(ask, (url) => {
      url.password = 'wrong';
    });
    assert.equal(databaseUnavailability(error), noAnswer);
  });

  it('recognises a database that does not exist yet', async () => {
    const error = await failure(ask, (url) => {
      url.pathname = '/no_such_database';
    });
    assert.equal(databaseUnavailability(error), noAnswer);
  });

  it('recognises a connection that is cut while it is used', async () => {
    const cut = await failure(async (knex) => {
      const { pid } = (await knex.raw<{ rows: { pid: number }[] }>('SELECT pg_backend_pid() AS pid')).rows[0] ?? {};
      const other = createKnex({ url: database.url, applicationName: 'test cutting' });
      try {
        const waiting = knex.raw('SELECT pg_sleep(60)').then(() => undefined);
        const [ended] = await Promise.allSettled([waiting, other.raw('SELECT pg_terminate_backend(?)', [pid ?? 0])]);
        if (ended.status === 'rejected') throw ended.reason;
      } finally {
        await other.destroy();
      }
    });
    assert.equal(databaseUnavailability(cut), noAnswer);
  });

  it('recognises a server that accepts no more connections', async () => {
    const knex = createKnex({ url: database.url, applicationName: 'test of a limit' });
    const role = await createLimitedRole(knex, database);
    try {
      await role.limit(0);
      const error = await failure(ask, (url) => {
        url.username = new URL(role.url).username;
      });
      assert.equal(sqlStateOf(error), '53300');
      assert.equal(databaseUnavailability(error), 'The database accepts no more connections');
    } finally {
      await role.drop();
      await knex.destroy();
    }
  });

  it('recognises a row that another transaction locks', async () => {
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
        assert.equal(databaseUnavailability(error), 'Timed out waiting for a lock on a row');
      });
    } finally {
      await holder.destroy();
    }
  });

  it('recognises a statement that was cancelled for taking too long', async () => {
    const error = await failure(async (knex) =>
      knex.transaction(async (trx) => {
        await trx.raw("SET LOCAL statement_timeout = '10ms'");
        await trx.raw('SELECT pg_sleep(10)');
      }),
    );
    assert.equal(databaseUnavailability(error), 'Timed out waiting for a statement');
  });

  it('recognises a pool without a free connection', async () => {
    const error = await failure(async (knex) =>
      // The only connection is taken, and another is requested.
      knex.transaction(() => knex.raw('SELECT 1')),
    );
    assert.equal(databaseUnavailability(error), 'Timed out waiting for a free connection to the database');
  });

  it('does not match an error in the code', async () => {
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

  it('recognises errors of pg that have only a message', () => {
    for (const message of [
      'Connection terminated unexpectedly',
      'ROLLBACK - Connection terminated unexpectedly',
      'timeout exceeded when trying to connect',
      'Client has encountered a connection error and is not queryable',
    ])
      assert.equal(databaseUnavailability(new Error(message)), noAnswer, message);
  });
});
