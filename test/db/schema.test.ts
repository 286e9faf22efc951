import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { checkout } from '../../scripts/paths.js';
import { renderSchema } from '../../scripts/schema/render-schema.js';
import { createKnex } from '../../src/db/knex.js';
import { migrate } from '../../src/db/migrate.js';
import { createEmptyDatabase, dropTestDatabase, type TestDatabase } from '../support/database.js';

describe('the database schema', () => {
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

  it('equals src/db/schema.sql (else run `make schema`)', async () => {
    const committed = await readFile(join(checkout, 'src', 'db', 'schema.sql'), 'utf8');
    assert.equal(await renderSchema(knex), committed);
  });

  it('renders a schema that creates the same schema again', async () => {
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

  it('refuses to render an object of an unknown kind', async () => {
    const failed = knex.transaction(async (trx) => {
      await trx.raw('CREATE VIEW pending AS SELECT id FROM editions WHERE pending_rebuild');
      await renderSchema(trx);
    });
    await assert.rejects(failed, /cannot render yet: view pending/);
  });

  it('names every constraint explicitly, apart from NOT NULL', async () => {
    // PostgreSQL 18 stores each NOT NULL as a constraint with a generated name, which no code uses.
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

  it('computes pending_rebuild from the generations', async () => {
    await assert.rejects(
      knex('editions').update({ pending_rebuild: false }),
      /column "pending_rebuild" can only be updated to DEFAULT/,
    );
  });
});
