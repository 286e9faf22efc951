import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { createKnex } from '../../src/db/knex.js';
import { statementNames } from '../../src/db/prepared-statements.js';
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
    assert.deepEqual(await prepared(knex), ['SELECT $1::int AS n', 'select "slug" from "editions" where "id" = $1']);
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

const limits = { threshold: 2, length: 1_000, prepared: 2, counted: 3 };

describe('statementNames', () => {
  const sent = (nameOf: (text: string) => string | undefined, text: string, times: number) =>
    Array.from({ length: times }, () => nameOf(text));

  it('names a text once it was sent often enough, and keeps the name', () => {
    const [first, second, third, fourth] = sent(statementNames(limits), 'select 1', 4);
    assert.deepEqual([first, second], [undefined, undefined]);
    assert.match(third ?? '', /^ltd_[0-9a-f]{32}$/);
    assert.equal(fourth, third);
  });

  it('derives a name from the text alone, so that it means the same in every process', () => {
    const [here, there] = [statementNames(limits), statementNames(limits)];
    sent(there, 'select 2', 3);
    const texts = ['select 1', 'select 2'];
    const names = texts.map((text) => sent(here, text, 3).at(-1));
    assert.deepEqual(
      texts.map((text) => sent(there, text, 3).at(-1)),
      names,
    );
    assert.equal(new Set(names).size, 2);
  });

  for (const text of [
    'select * from editions where id = $1',
    'select "editions".* from "editions" where "id" = $1',
    'SELECT m.*, 1 FROM manifests AS m WHERE id = $1',
    'insert into "users" ("username") values ($1) returning *',
    'WITH a AS (DELETE FROM tasks WHERE id = $1 RETURNING  *) SELECT 1',
    'select distinct on (slug) * from editions where id = $1',
    'select id, * from editions where id = $1',
  ])
    it(`names no text whose columns a migration changes: ${text}`, () => {
      assert.equal(sent(statementNames(limits), text, 5).at(-1), undefined);
    });

  for (const text of [
    'select count(*) from editions where id = $1',
    'select 2 * id, (3) * id from editions where id = $1',
  ])
    it(`names a text that only looks like it: ${text}`, () => {
      assert.ok(sent(statementNames(limits), text, 3).at(-1) !== undefined);
    });

  it('names at most as many texts as a session may hold', () => {
    const nameOf = statementNames(limits);
    const names = ['select 1', 'select 2', 'select 3'].map((text) => sent(nameOf, text, 9).at(-1) !== undefined);
    assert.deepEqual(names, [true, true, false]);
    assert.ok(nameOf('select 1') !== undefined);
  });

  it('names no text with a list of changing length', () => {
    const nameOf = statementNames(limits);
    for (let length = 0; length < 900; length += 1) assert.equal(nameOf(`select ${'x'.repeat(length)}`), undefined);
    assert.ok(sent(nameOf, 'select 1', 3).at(-1) !== undefined);
  });

  it('names no text with a long list', () => {
    assert.equal(sent(statementNames(limits), `select ${'x'.repeat(1_000)}`, 5).at(-1), undefined);
  });
});
