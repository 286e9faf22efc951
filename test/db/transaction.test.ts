import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { createKnex } from '../../src/db/knex.js';
import { User } from '../../src/db/models/user.js';
import { sqlStateOf, transaction, violatedConstraint } from '../../src/db/transaction.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from '../support/database.js';

describe('transaction', () => {
  let database: TestDatabase;
  let knex: Knex;

  before(async () => {
    database = await createTestDatabase();
    knex = createKnex({ url: database.url });
  });
  after(async () => {
    await knex.destroy();
    await dropTestDatabase(database);
  });

  const user = (username: string): Partial<User> => ({ username, password_hash: 'x', permissions: 0 });

  it('returns the result of its work once it is committed', async () => {
    const id = await transaction(knex, async (trx) => {
      const inserted = await User.query(trx).insert(user('committed')).returning('id');
      return inserted.id;
    });
    assert.equal((await User.query(knex).findById(id))?.username, 'committed');
  });

  it('stores nothing when its work fails', async () => {
    const work = transaction(knex, async (trx) => {
      await User.query(trx).insert(user('undone'));
      throw new Error('changed my mind');
    });
    await assert.rejects(work, /changed my mind/);
    assert.equal(await User.query(knex).findOne({ username: 'undone' }), undefined);
  });

  it('repeats the work after a deadlock', async () => {
    await User.query(knex).insert(user('one'));
    await User.query(knex).insert(user('other'));
    const met = meetingOfTwo();
    let runs = 0;
    const lockBoth = (first: string, second: string): Promise<void> =>
      transaction(knex, async (trx) => {
        runs += 1;
        await User.query(trx).findOne({ username: first }).patch({ permissions: 1 });
        await met();
        await User.query(trx).findOne({ username: second }).patch({ permissions: 1 });
      });
    await Promise.all([lockBoth('one', 'other'), lockBoth('other', 'one')]);
    assert.equal(runs, 3);
  });

  it('repeats the work after a serialization failure', async () => {
    await User.query(knex).insert(user('read twice'));
    const met = meetingOfTwo();
    let runs = 0;
    const addOne = (): Promise<void> =>
      transaction(knex, async (trx) => {
        runs += 1;
        await trx.raw('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
        const found = await User.query(trx).findOne({ username: 'read twice' }).throwIfNotFound();
        await met();
        await User.query(trx)
          .findById(found.id)
          .patch({ permissions: found.permissions + 1 });
      });
    await Promise.all([addOne(), addOne()]);
    assert.equal(runs, 3);
    assert.equal((await User.query(knex).findOne({ username: 'read twice' }))?.permissions, 2);
  });

  it('fails at once on a row that is locked for too long, so that the client retries', async () => {
    await User.query(knex).insert(user('held'));
    const holder = await knex.transaction();
    await User.query(holder).findOne({ username: 'held' }).forUpdate();
    const timeoutsMs = { connection: 5_000, statement: 5_000, lock: 100 };
    const impatient = createKnex({ url: database.url, timeoutsMs });
    let runs = 0;
    const work = transaction(impatient, async (trx) => {
      runs += 1;
      await User.query(trx).findOne({ username: 'held' }).patch({ permissions: 1 });
    });
    try {
      await assert.rejects(work, (error) => sqlStateOf(error) === '55P03');
      assert.equal(runs, 1);
    } finally {
      await holder.rollback();
      await impatient.destroy();
    }
  });

  it('does not repeat the work after a permanent failure', async () => {
    let runs = 0;
    const work = transaction(knex, async (trx) => {
      runs += 1;
      await trx.raw('SELECT 1/0');
    });
    await assert.rejects(work, (error) => sqlStateOf(error) === '22012');
    assert.equal(runs, 1);
  });

  it('gives up after repeated conflicts', async () => {
    let runs = 0;
    const work = transaction(knex, async (trx) => {
      runs += 1;
      await trx.raw(`DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'serialization_failure'; END $$`);
    });
    await assert.rejects(work, (error) => sqlStateOf(error) === '40001');
    assert.equal(runs, 6);
  });
});

describe('errors of the database', () => {
  it('reads SQLSTATE and constraint of an error, also when Objection wrapped it', async () => {
    const database = await createTestDatabase();
    const knex = createKnex({ url: database.url });
    try {
      const insert = async (): Promise<unknown> =>
        User.query(knex).insert({ username: 'a:b', password_hash: 'x', permissions: 0 });
      await assert.rejects(insert(), (error) => {
        assert.equal(sqlStateOf(error), '23514');
        assert.equal(violatedConstraint(error), 'users_username_check');
        return true;
      });
    } finally {
      await knex.destroy();
      await dropTestDatabase(database);
    }
  });

  it('reads no SQLSTATE from other errors', () => {
    for (const error of [undefined, 'text', new Error('x'), Object.assign(new Error('x'), { code: 'ENOENT' })]) {
      assert.equal(sqlStateOf(error), undefined);
      assert.equal(violatedConstraint(error), undefined);
    }
  });
});

/** A barrier: the first caller waits until the second arrives; later callers pass. */
function meetingOfTwo(): () => Promise<void> {
  let arrived = 0;
  let open: () => void = () => undefined;
  const both = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    arrived += 1;
    if (arrived === 2) open();
    return both;
  };
}
