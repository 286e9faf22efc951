import assert from 'node:assert/strict';
import { createKnex } from '../../src/db/knex.js';
import { missingMigrations } from '../../src/db/migrate.js';
import { createEmptyDatabase, createTestDatabase, dropTestDatabase } from './database.js';

describe('createTestDatabase', () => {
  it('creates a database with the newest schema', async () => {
    const database = await createTestDatabase();
    const knex = createKnex({ url: database.url });
    assert.deepEqual(await missingMigrations(knex), []);
    await knex.destroy();
    await dropTestDatabase(database);
  });

  it('creates databases that share nothing', async () => {
    const [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    assert.notEqual(first.name, second.name);
    await Promise.all([dropTestDatabase(first), dropTestDatabase(second)]);
  });

  it('drops a database and fails when the file leaves a connection open', async () => {
    const database = await createEmptyDatabase();
    const knex = createKnex({ url: database.url, applicationName: 'forgotten' });
    // Cutting an idle connection makes its pool emit an error, which is intended here.
    await knex.raw('SELECT 42');
    await assert.rejects(dropTestDatabase(database, 500), /left 1 connections open:\nforgotten \(idle\): SELECT 42/);
    await knex.destroy();
  });
});
