import assert from 'node:assert/strict';
import { createKnex } from '../../src/db/knex.js';
import { missingMigrations } from '../../src/db/migrate.js';
import { createEmptyDatabase, createTestDatabase, dropTestDatabase } from './database.js';

describe('the database of a test file', () => {
  it('has the newest schema', async () => {
    const database = await createTestDatabase();
    const knex = createKnex({ url: database.url });
    assert.deepEqual(await missingMigrations(knex), []);
    await knex.destroy();
    await dropTestDatabase(database);
  });

  it('shares nothing with the next one', async () => {
    const [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    assert.notEqual(first.name, second.name);
    await Promise.all([dropTestDatabase(first), dropTestDatabase(second)]);
  });

  it('is dropped with a complaint when the file leaves a connection open', async () => {
    const database = await createEmptyDatabase();
    const knex = createKnex({ url: database.url, applicationName: 'forgotten' });
    // Cutting an idle connection makes its pool emit an error; here that is meant.
    await knex.raw('SELECT 42');
    await assert.rejects(
      dropTestDatabase(database, 500),
      /left 1 connections open:\nforgotten \(idle\): SELECT 42/,
    );
    await knex.destroy();
  });
});
