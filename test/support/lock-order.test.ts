import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { createKnex } from '../../src/db/knex.js';
import { lockProduct } from '../../src/db/protocol/lock.js';
import { transaction } from '../../src/db/transaction.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from './database.js';
import { lockedTables, takeLockOrderBreaches } from './lock-order.js';

describe('the check of the lock order', () => {
  let database: TestDatabase;
  let knex: Knex;

  before(async () => {
    database = await createTestDatabase();
    knex = createKnex({ url: database.url });
    await knex.raw(
      `INSERT INTO products
         (slug, doc_repo, title, root_domain, root_fastly_domain, bucket_name, surrogate_key, base_url)
       VALUES ('pipelines', 'https://example.org', 'Pipelines', 'example.org', 'example.net', 'bucket', 'key',
         'http://localhost')`,
    );
  });
  after(async () => {
    await knex.destroy();
    await dropTestDatabase(database);
  });

  const breaches = (): readonly string[] => takeLockOrderBreaches(database.name).map(({ what }) => what);

  it('reports a transaction that locks a product after an edition', async () => {
    await transaction(knex, async (trx) => {
      await trx('editions').where({ id: 1 }).forNoKeyUpdate().select('id');
      await lockProduct(trx, 1);
    });
    assert.deepEqual(breaches(), ['products after editions']);
  });

  it('reports a transaction that only writes out of order', async () => {
    await transaction(knex, async (trx) => {
      await trx('tasks').whereNull('finished_at').delete();
      await trx('rebuilds').where({ id: 1 }).update({ outcome: null });
    });
    assert.deepEqual(breaches(), ['rebuilds after tasks']);
  });

  it('accepts locks in order, repeated writes, and locks of two transactions', async () => {
    await transaction(knex, async (trx) => {
      await lockProduct(trx, 1);
      await trx('editions').where({ id: 1 }).update({ title: 'x' });
      await trx('products').where({ id: 1 }).update({ title: 'x' });
    });
    await transaction(knex, (trx) => lockProduct(trx, 1));
    assert.deepEqual(breaches(), []);
  });
});

describe('the tables that a statement locks', () => {
  for (const [statement, expected] of [
    ['select * from "editions" where "id" = ?', []],
    ['insert into "rebuilds" ("edition_id") values (?)', []],
    ['select "id" from "editions" where "id" in (select "id" from "builds") for no key update', ['editions']],
    ['select 1 from "tasks" inner join "products" on true for no key update of "tasks"', ['tasks']],
    ['select 1 from a join b on true for no key update of products, "builds" nowait', ['products', 'builds']],
    ['select 1 from "products" join "builds" on true for share', ['products', 'builds']],
    ['UPDATE editions AS e SET title = (SELECT title FROM products) FROM builds', ['editions']],
    ['UPDATE builds SET a = 1 WHERE id IN (SELECT id FROM builds FOR UPDATE SKIP LOCKED)', ['builds', 'builds']],
    ['WITH gone AS (DELETE FROM tasks RETURNING id) SELECT count(*) FROM gone', ['tasks']],
  ] as const)
    it(`finds ${expected.join(', ') || 'no tables'} in: ${statement}`, () => {
      assert.deepEqual(lockedTables(statement), expected);
    });
});
