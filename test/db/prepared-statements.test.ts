import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { createKnex } from '../../src/db/knex.js';
import { transaction } from '../../src/db/transaction.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from '../support/database.js';

describe('prepared statements', () => {
  let database: TestDatabase;
  const pools: Knex[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((knex) => knex.destroy()));
    await dropTestDatabase(database);
  });

  /** A pool of one connection, whose session the test can inspect. */
  function pool(options: { readonly prepares?: boolean } = {}): Knex {
    const knex = createKnex({ url: database.url, poolSize: 1, prepares: true, ...options });
    pools.push(knex);
    return knex;
  }

  async function prepared(knex: Knex): Promise<readonly string[]> {
    const { rows } = await knex.raw<{ rows: readonly { statement: string }[] }>(
      'SELECT statement FROM pg_prepared_statements ORDER BY prepare_time',
    );
    return rows.map(({ statement }) => statement);
  }

  async function often(ask: (turn: number) => PromiseLike<unknown>): Promise<void> {
    for (let turn = 1; turn <= 12; turn += 1) await ask(turn);
  }

  const slugOf = (knex: Knex, id: number) => knex('editions').where({ id }).select('slug');

  it("prepares repeated statements, also in a transaction, and returns each one's own result", async () => {
    const knex = pool();
    await often(async (turn) => {
      assert.deepEqual((await knex.raw<{ rows: unknown }>('SELECT ?::int AS n', [turn])).rows, [{ n: turn }]);
    });
    await often(() => transaction(knex, (trx) => slugOf(trx, 1)));
    assert.deepEqual(await prepared(knex), [
      'SELECT $1::int AS n',
      'select "slug" from "editions" where "id" = $1',
    ]);
  });

  it('prepares nothing when the settings disable it', async () => {
    const knex = pool({ prepares: false });
    await often(() => slugOf(knex, 1));
    assert.deepEqual(await prepared(knex), []);
  });

  it('repeats statements correctly after a migration adds a column', async () => {
    const [knex, other] = [pool(), pool()];
    const ask = async () => {
      await slugOf(knex, 1);
      await knex('editions').where({ id: 1 }).select('editions.*');
      await knex('editions').where({ id: 1 }).update({ title: 'x' }).returning('*');
    };
    await often(ask);
    await other.raw('ALTER TABLE editions ADD COLUMN later text');
    await ask();
  });

  it('returns the error of a failing statement each time', async () => {
    const knex = pool();
    await often(async () => {
      await assert.rejects(knex.raw('SELECT 1 / CAST(? AS int)', [0]), /division by zero/);
    });
    assert.equal((await prepared(knex)).length, 1);
  });
});
