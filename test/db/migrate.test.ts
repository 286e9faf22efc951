import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Knex } from 'knex';
import { createKnex } from '../../src/db/knex.js';
import { assertSchema, awaitSchema, migrate, missingMigrations } from '../../src/db/migrate.js';
import { migrations } from '../../src/db/migrations/index.js';
import { cli } from '../support/cli.js';
import { createEmptyDatabase, dropTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

const commandLine = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const everything = migrations.map(({ name }) => name);

describe('migrate', () => {
  let database: TestDatabase;
  let knex: Knex;

  beforeEach(async () => {
    database = await createEmptyDatabase();
    knex = createKnex({ url: database.url, applicationName: 'test migrate' });
  });

  afterEach(async () => {
    await knex.destroy();
    await dropTestDatabase(database);
  });

  const migrateInProcess = (): ChildProcess =>
    spawn(process.execPath, [commandLine, 'migrate'], {
      env: { ...process.env, DATABASE_URL: database.url },
      stdio: ['ignore', 'pipe', 'inherit'],
    });

  it('returns the applied migrations, and none the second time', async () => {
    assert.deepEqual(await migrate(knex), everything);
    assert.deepEqual(await migrate(knex), []);
  });

  it('applies each migration once when many pools begin at the same time', async () => {
    const pools = Array.from({ length: 8 }, () =>
      createKnex({ url: database.url, applicationName: 'test migrate', poolSize: 2 }),
    );
    const applied = await Promise.all(pools.map((pool) => migrate(pool)));
    assert.deepEqual(applied.flat(), everything);
    await Promise.all(pools.map((pool) => pool.destroy()));
  });

  it('applies each migration once when many processes begin at the same time', async () => {
    const processes = Array.from({ length: 3 }, migrateInProcess);
    const said = await Promise.all(
      processes.map(async (child) => {
        const [output] = await Promise.all([text(child.stdout ?? Readable.from([])), once(child, 'exit')]);
        assert.equal(child.exitCode, 0);
        return output;
      }),
    );
    const upToDate = 'The schema is up to date.\n';
    const applied = everything.map((name) => `applied ${name}\n`).join('');
    assert.deepEqual(said.sort(), [upToDate, upToDate, applied].sort());
  });

  it('continues where a migrator was killed half-way', async () => {
    const other = createKnex({ url: database.url, applicationName: 'test in the way' });
    // An uncommitted table of the same name: the migrator waits for it while it holds its own locks.
    const inTheWay = await other.transaction();
    await inTheWay.raw('CREATE TABLE users (id integer)');
    const child = migrateInProcess();
    await eventually('the migrator to wait', async () => {
      const { rows } = await other.raw<{ rows: unknown[] }>(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() ` +
          `AND query LIKE '%CREATE TABLE users (%' AND wait_event_type = 'Lock'`,
      );
      return rows.length > 0;
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const next = migrate(knex);
    await inTheWay.rollback();
    assert.deepEqual(await next, everything);
    await other.destroy();
  });

  it('ignores the lock row that a killed migrator left', async () => {
    await migrate(knex);
    // The row that knex leaves after a migration outside a transaction.
    await knex('schema_migrations_lock').update({ is_locked: 1 });
    assert.deepEqual(await migrate(knex), []);
  });

  it('does not change a schema that is newer than this program', async () => {
    await migrate(knex);
    await addNewerMigration(knex);
    assert.deepEqual(await migrate(knex), []);
  });

  it('refuses to roll back a migration', async () => {
    for (const { migration } of migrations)
      await assert.rejects(Promise.resolve(migration.down?.(knex)), /write a new one/);
  });

  describe('assertSchema', () => {
    const refused = {
      code: 'unavailable',
      message:
        `The database schema is older than this program (missing: ${everything.join(', ')}). Run 'ltd-keeper ` +
        "migrate', then start again.",
    };

    it('refuses an empty database and names the command to run', async () => {
      await assert.rejects(assertSchema(knex), refused);
    });

    it('refuses a schema that lacks a migration of this program', async () => {
      await migrate(knex);
      await knex('schema_migrations')
        .where({ name: everything.at(-1) })
        .delete();
      assert.deepEqual(await missingMigrations(knex), everything.slice(-1));
      await assert.rejects(assertSchema(knex), { code: 'unavailable', message: /'ltd-keeper migrate'/ });
    });

    it('accepts the schema of this program', async () => {
      await migrate(knex);
      await assertSchema(knex);
    });

    it('accepts a newer schema, since a release first adds what the next one uses', async () => {
      await migrate(knex);
      await addNewerMigration(knex);
      await assertSchema(knex);
    });
  });
});

/** As if a later version of the program had migrated. */
async function addNewerMigration(knex: Knex): Promise<void> {
  await knex('schema_migrations').insert({ name: '9999-later', batch: 2, migration_time: new Date() });
}

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
