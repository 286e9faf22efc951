import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { checkout } from '../../scripts/paths.js';
import { renderSchema } from '../../scripts/schema/render-schema.js';
import { createKnex } from '../../src/db/knex.js';
import { migrate } from '../../src/db/migrate.js';
import { createEmptyDatabase, dropTestDatabase, type TestDatabase } from '../support/database.js';

describe('the schema', () => {
  let database: TestDatabase;
  let knex: Knex;
  const statements: string[] = [];

  before(async () => {
    database = await createEmptyDatabase();
    knex = createKnex({ url: database.url, applicationName: 'test schema' });
    knex.on('query', ({ sql }: { sql: string }) => statements.push(sql));
    await migrate(knex);
  });

  after(async () => {
    await knex.destroy();
    await dropTestDatabase(database);
  });

  it('is what src/db/schema.sql says; else run `make schema`', async () => {
    const committed = await readFile(join(checkout, 'src', 'db', 'schema.sql'), 'utf8');
    assert.equal(await renderSchema(knex), committed);
  });

  it('is rendered whole: the rendering makes the same schema again', async () => {
    const copy = await createEmptyDatabase();
    const other = createKnex({ url: copy.url, applicationName: 'test schema copy' });
    try {
      const rendered = await renderSchema(knex);
      await other.raw(rendered.replaceAll('?', '\\?'));
      assert.equal(await renderSchema(other), rendered);
    } finally {
      await other.destroy();
      await dropTestDatabase(copy);
    }
  });

  it('refuses to render what it does not know, rather than leave it out', async () => {
    const failed = knex.transaction(async (trx) => {
      await trx.raw('CREATE VIEW pending AS SELECT id FROM editions WHERE pending_rebuild');
      await renderSchema(trx);
    });
    await assert.rejects(failed, /cannot render yet: view pending/);
  });

  it('gives every constraint a name of its own choice, NOT NULL apart', async () => {
    // PostgreSQL 18 keeps each NOT NULL as a constraint, under a name that it makes up and that nobody needs.
    const { rows } = await knex.raw<{ rows: { conname: string }[] }>(`
      SELECT conname FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
        AND conrelid NOT IN (SELECT oid FROM pg_class WHERE relname ~ '^schema_migrations')`);
    const sql = statements.join('\n');
    const unnamed = rows
      .map(({ conname }) => conname)
      .filter((name) => !new RegExp(`CONSTRAINT "?${name}"?\\s`, 'i').test(sql));
    assert.deepEqual(unnamed, []);
    assert.ok(rows.length > 20);
  });

  it('computes pending_rebuild itself, so that nothing can contradict the generations', async () => {
    await assert.rejects(
      knex('editions').update({ pending_rebuild: false }),
      /column "pending_rebuild" can only be updated to DEFAULT/,
    );
  });
});
