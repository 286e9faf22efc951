import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { contractions } from '../../scripts/schema/contractions.js';
import { renderSchema } from '../../scripts/schema/render-schema.js';
import { createKnex } from '../../src/db/knex.js';
import { migrations } from '../../src/db/migrations/index.js';
import { createEmptyDatabase, dropTestDatabase, type TestDatabase } from '../support/database.js';

/** The newest migration of the last release. Each release moves it; before the first release it is the first schema. */
const released = '0001-initial';

/** Deliberate contractions: the complaint, then the release that stopped using it, which must be the last one. */
const contracted: ReadonlyMap<string, string> = new Map();

describe('the migrations after the last release', () => {
  let database: TestDatabase;
  let knex: Knex;

  before(async () => {
    database = await createEmptyDatabase();
    knex = createKnex({ url: database.url, applicationName: 'test expand then contract' });
  });
  after(async () => {
    await knex.destroy();
    await dropTestDatabase(database);
  });

  it('removes nothing in a migration that the code of the last release uses', async () => {
    const at = migrations.findIndex(({ name }) => name === released) + 1;
    assert.notEqual(at, 0, `no migration is called ${released}`);
    for (const { migration } of migrations.slice(0, at)) await migration.up(knex);
    const before = await renderSchema(knex);
    for (const { migration } of migrations.slice(at)) await migration.up(knex);
    const complaints = contractions(before, await renderSchema(knex));
    assert.deepEqual(
      complaints.filter((complaint) => !contracted.has(complaint)),
      [],
    );
    assert.deepEqual(
      [...contracted.keys()].filter((complaint) => !complaints.includes(complaint)),
      [],
    );
  });

  it('reports a column that is dropped from the real schema', async () => {
    const before = await renderSchema(knex);
    await knex.raw('ALTER TABLE editions DROP COLUMN title, ADD COLUMN heading text NOT NULL');
    assert.deepEqual(contractions(before, await renderSchema(knex)), [
      'column editions.title is gone',
      'column editions.heading is new and must be given a value',
    ]);
  });
});
