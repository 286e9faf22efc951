import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { createKnex } from '../../src/db/knex.js';
import { transaction } from '../../src/db/transaction.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from '../support/database.js';

describe('statements that are sent again and again', () => {
  let database: TestDatabase;
  const pools: Knex[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((knex) => knex.destroy()));
    await dropTestDatabase(database);
  });

  /** A pool of one connection, so that its session can be looked into. */
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

  it('are prepared, within a transaction, too, and answer each their own', async () => {
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

  it('are not where the settings say so', async () => {
    const knex = pool({ prepares: false });
    await often(() => slugOf(knex, 1));
    assert.deepEqual(await prepared(knex), []);
  });

  it('go on when a migration adds a column, whether they name their columns or not', async () => {
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

  it('say what is wrong each time they fail', async () => {
    const knex = pool();
    await often(async () => {
      await assert.rejects(knex.raw('SELECT 1 / CAST(? AS int)', [0]), /division by zero/);
    });
    assert.equal((await prepared(knex)).length, 1);
  });
});
