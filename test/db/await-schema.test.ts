import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { awaitSchema } from '../../src/db/await-schema.js';
import { createKnex } from '../../src/db/knex.js';
import { migrate, missingMigrations } from '../../src/db/migrate.js';
import { cli } from '../support/cli.js';
import { createEmptyDatabase, dropTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

describe('awaitSchema', () => {
  let database: TestDatabase;
  let knex: Knex;

  beforeEach(async () => {
    database = await createEmptyDatabase();
    knex = createKnex({ url: database.url, applicationName: 'test await schema' });
  });

  afterEach(async () => {
    await knex.destroy();
    await dropTestDatabase(database);
  });

  it('waits until another process has migrated, and logs the reason once', async () => {
    const reasons: string[] = [];
    const waiting = awaitSchema(knex, (reason) => reasons.push(reason));
    await eventually('a reason', () => Promise.resolve(reasons.length > 0));
    assert.ok((await missingMigrations(knex)).length > 0, 'it has migrated by itself');
    await migrate(knex);
    await waiting;
    assert.equal(reasons.length, 1);
    assert.match(reasons[0] ?? '', /schema is older than this program .* Run 'ltd-keeper migrate'/);
  });

  it('waits for a database that does not exist yet', async () => {
    const url = `${database.url}_later`;
    const later = createKnex({ url, applicationName: 'test await schema' });
    const name = new URL(url).pathname.slice(1);
    try {
      const reasons: string[] = [];
      const waiting = awaitSchema(later, (reason) => reasons.push(reason));
      await eventually('a reason', () => Promise.resolve(reasons.length > 0));
      assert.match(reasons[0] ?? '', /database .* does not exist/);
      await knex.raw('CREATE DATABASE ??', [name]);
      await migrate(later);
      await waiting;
    } finally {
      await later.destroy();
      await knex.raw('DROP DATABASE IF EXISTS ??', [name]);
    }
  });

  it('runs as a command of the command line', async () => {
    const wait = cli(['migrate', '--wait'], { env: { DATABASE_URL: database.url } });
    await migrate(knex);
    const { code, stdout } = await wait;
    assert.deepEqual([code, stdout], [0, 'The schema is up to date.\n']);
  });
});
