import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { createKnex } from '../../src/db/knex.js';
import { createRowsByKey, type RowsByKey } from '../../src/db/rows-by-key.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from '../support/database.js';

describe('createRowsByKey', () => {
  let database: TestDatabase;
  let knex: Knex;
  let rows: RowsByKey;

  beforeEach(async () => {
    database = await createTestDatabase();
    knex = createKnex({ url: database.url });
    await knex.raw(
      `INSERT INTO products
         (slug, doc_repo, title, root_domain, root_fastly_domain, bucket_name, surrogate_key, base_url)
       SELECT 'product-' || n, 'https://example.org', 'Product ' || n, 'example.org', 'example.net', 'bucket', 'key',
         'http://localhost'
       FROM generate_series(1, 150) AS n`,
    );
    rows = createRowsByKey(knex);
  });
  afterEach(async () => {
    await knex.destroy();
    await dropTestDatabase(database);
  });

  /** The statements that are sent from now on. */
  function recordQueries(): readonly string[] {
    const queries: string[] = [];
    knex.on('query', ({ sql }: { sql: string }) => queries.push(sql));
    return queries;
  }

  const titlesOf = async (slugs: readonly string[]) =>
    (await Promise.all(slugs.map((slug) => rows.product(slug)))).map((product) => product?.title);

  it('returns each caller its own row, or undefined, however many ask at once', async () => {
    const queries = recordQueries();
    const slugs = ['product-2', 'product-1', 'none', 'no slug at all/\u0000', 'product-2'];
    assert.deepEqual(await titlesOf(slugs), ['Product 2', 'Product 1', undefined, undefined, 'Product 2']);
    assert.equal(queries.length, 1);
  });

  it('queries at most a hundred keys in one statement', async () => {
    const queries = recordQueries();
    const slugs = Array.from({ length: 150 }, (_, n) => `product-${n + 1}`);
    assert.deepEqual(
      await titlesOf(slugs),
      slugs.map((_, n) => `Product ${n + 1}`),
    );
    assert.equal(queries.length, 2);
  });

  it('returns rows as committed at the time of the query', async () => {
    assert.deepEqual(await titlesOf(['product-1']), ['Product 1']);
    await knex('products').where({ slug: 'product-1' }).update({ title: 'Another' });
    assert.deepEqual(await titlesOf(['product-1']), ['Another']);
  });

  it('rejects every waiting caller when the database fails, and works again afterwards', async () => {
    await knex.raw('ALTER TABLE products RENAME TO gone');
    const asked = await Promise.allSettled([rows.product('product-1'), rows.product('product-2')]);
    assert.deepEqual(
      asked.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    await knex.raw('ALTER TABLE gone RENAME TO products');
    assert.deepEqual(await titlesOf(['product-1', 'product-2']), ['Product 1', 'Product 2']);
  });
});
