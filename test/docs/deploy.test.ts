import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { checkout } from '../../scripts/paths.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { cli } from '../support/cli.js';
import { createEmptyDatabase, dropTestDatabase, type TestDatabase } from '../support/database.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { startTestWorker } from '../support/worker.js';

const run = promisify(execFile);

/** The commands in a language that the page lists in the section after this mark. */
async function blocksOf(mark: string, language: string): Promise<readonly string[]> {
  const page = await readFile(join(checkout, 'docs', 'deploy.md'), 'utf8');
  const [, rest] = page.split(`<!-- ${mark}: run by test/docs/deploy.test.ts -->`);
  const [section = ''] = (rest ?? '').split(/^## /m);
  const blocks = [...section.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))];
  assert.notEqual(blocks.length, 0, mark);
  return blocks.map(([, text = '']) => text);
}

describe('docs/deploy.md', () => {
  describe('the database of docs/deploy.md', () => {
    /** Roles belong to all databases of a server. */
    const suffix = randomBytes(4).toString('hex');
    let server: TestDatabase;

    before(async () => {
      server = await createEmptyDatabase();
      // Like the first user of a managed service, which is not a superuser.
      await query(server.url, "CREATE ROLE ltd_keeper_admin LOGIN CREATEDB CREATEROLE PASSWORD 'ADMIN_PASSWORD'");
      const [session = ''] = await blocksOf('database', 'sql');
      await psql(session);
    });
    after(async () => {
      await query(server.url, 'DROP DATABASE IF EXISTS ltd_keeper');
      for (const role of ['app', 'owner', 'admin']) await query(server.url, `DROP ROLE IF EXISTS ltd_keeper_${role}`);
      await dropTestDatabase(server);
    });

    /** Runs the administrator's commands: statements or psql commands, one a line. */
    async function psql(session: string): Promise<void> {
      let url = asRole('admin', 'ADMIN_PASSWORD');
      for (const line of session.trim().split('\n')) {
        const [command, argument = ''] = line.split(' ');
        if (command === '\\connect') url = asRole('admin', 'ADMIN_PASSWORD', argument);
        else if (command === '\\include') await query(url, await readFile(join(checkout, argument), 'utf8'));
        else await query(url, line);
      }
    }

    /** Under names for this run only. */
    function own(text: string): string {
      return text.replaceAll(/\bltd_keeper(_owner|_app|_admin)?\b/g, `$&_${suffix}`);
    }

    async function query(url: string, sql: string): Promise<pg.QueryResult> {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        return await client.query(own(sql));
      } finally {
        await client.end();
      }
    }

    function asRole(role: string, password: string, database?: string): string {
      const url = new URL(server.url);
      Object.assign(url, { username: own(`ltd_keeper_${role}`), password });
      if (database !== undefined) url.pathname = own(database);
      return url.href;
    }

    /** The value that the page writes into this Secret, for this server. */
    async function urlOf(secret: 'ltd-keeper-migrate' | 'ltd-keeper-database'): Promise<string> {
      const page = await readFile(join(checkout, 'docs', 'deploy.md'), 'utf8');
      const command = new RegExp(`create secret generic ${secret} \\\\\n *--from-literal=DATABASE_URL="([^"]+)"`);
      const [, given = ''] = command.exec(page) ?? [];
      const { username, password, pathname } = new URL(given.replace('$host', 'db.test'));
      const role = username.replace('ltd_keeper_', '');
      return asRole(role, password, pathname.slice(1));
    }

    it('lets the owner migrate, and the service see the schema as migrated', async () => {
      const migrated = await cli(['migrate'], { env: { DATABASE_URL: await urlOf('ltd-keeper-migrate') } });
      assert.deepEqual([migrated.code, migrated.stderr], [0, '']);
      const waited = await cli(['migrate', '--wait'], {
        env: { DATABASE_URL: await urlOf('ltd-keeper-database') },
      });
      assert.deepEqual([waited.code, waited.stderr], [0, '']);
    });

    it('lets the service read and write every row, and change no table', async () => {
      const service = await urlOf('ltd-keeper-database');
      const denied = await query(
        service,
        `SELECT relname FROM pg_class
          WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT (
            SELECT bool_and(has_table_privilege(pg_class.oid, privilege))
              FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege)`,
      );
      assert.deepEqual(denied.rows, []);
      await assert.rejects(query(service, 'CREATE TABLE mine ()'), /permission denied/);
      await assert.rejects(query(service, 'ALTER TABLE users ADD COLUMN x text'), /must be owner/);
    });
  });

  describe('the first page of docs/deploy.md', () => {
    let keeper: TestKeeper;

    before(async () => {
      keeper = await startTestKeeper();
      await startTestWorker(keeper);
    });
    after(() => keeper.close());

    it('publishes a page by the listed commands', async () => {
      const commands = await blocksOf('first page', 'sh');
      // Except those for the cluster, which set the password and create another user, and those for AWS, which read the
      // bucket.
      const script = commands.filter((block) => !/^ *(kubectl|aws) |\(kubectl /m.test(block)).join('\n');
      const { stdout } = await run(
        'bash',
        ['-euo', 'pipefail', '-c', script.replaceAll('docs-example-org', keeper.bucket.name)],
        {
          cwd: await temporaryFolder('test-deploy'),
          env: { PATH: process.env['PATH'], KEEPER: keeper.baseUrl, PASSWORD: 'pug' },
        },
      );
      assert.match(stdout, /SUCCESS\n$/);
      assert.match(await keeper.bucket.read('handbook/v/main/index.html'), /It works/);
    });
  });
});
