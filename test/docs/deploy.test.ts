import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { checkout } from '../../dev/paths.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { cli } from '../support/cli.js';
import { createEmptyDatabase, dropTestDatabase, type TestDatabase } from '../support/database.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { startTestWorker } from '../support/worker.js';

const run = promisify(execFile);

/** What the page says to type in a language, in the section that begins with this mark. */
async function blocksOf(mark: string, language: string): Promise<readonly string[]> {
  const page = await readFile(join(checkout, 'docs', 'deploy.md'), 'utf8');
  const [, rest] = page.split(`<!-- ${mark}: run by test/docs/deploy.test.ts -->`);
  const [section = ''] = (rest ?? '').split(/^## /m);
  const blocks = [...section.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))];
  assert.notEqual(blocks.length, 0, mark);
  return blocks.map(([, text = '']) => text);
}

describe('docs/deploy.md', () => {
  describe('its database', () => {
    /** Roles belong to all databases of a server. */
    const suffix = randomBytes(4).toString('hex');
    let server: TestDatabase;

    before(async () => {
      server = await createEmptyDatabase();
      const [asSuperuser = '', inDatabase = ''] = await blocksOf('database', 'sql');
      for (const statement of asSuperuser.split(';').filter((each) => each.trim() !== ''))
        await query(server.url, statement);
      await query(urlOf('postgres'), inDatabase);
    });
    after(async () => {
      await query(server.url, 'DROP DATABASE IF EXISTS keeper');
      await query(server.url, 'DROP ROLE IF EXISTS keeper; DROP ROLE IF EXISTS keeper_owner');
      await dropTestDatabase(server);
    });

    /** Under names of this run's own. */
    async function query(url: string, sql: string): Promise<pg.QueryResult> {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        return await client.query(sql.replaceAll(/\bkeeper(_owner)?\b/g, `$&_${suffix}`));
      } finally {
        await client.end();
      }
    }

    /** The page's database, as this role; `postgres` is who made it. */
    function urlOf(role: 'postgres' | 'keeper' | 'keeper_owner'): string {
      const url = new URL(server.url);
      url.pathname = `/keeper_${suffix}`;
      if (role === 'postgres') return url.href;
      url.username = `${role}_${suffix}`;
      url.password = role === 'keeper' ? 'KEEPER_PASSWORD' : 'OWNER_PASSWORD';
      return url.href;
    }

    it('is migrated by its owner, and seen as migrated by the service', async () => {
      const migrated = await cli(['migrate'], { env: { DATABASE_URL: urlOf('keeper_owner') } });
      assert.deepEqual([migrated.code, migrated.stderr], [0, '']);
      const waited = await cli(['migrate', '--wait'], { env: { DATABASE_URL: urlOf('keeper') } });
      assert.deepEqual([waited.code, waited.stderr], [0, '']);
    });

    it('lets the service read and write every row, and change no table', async () => {
      const denied = await query(
        urlOf('keeper'),
        `SELECT relname FROM pg_class
          WHERE relnamespace = 'public'::regnamespace AND (
            relkind = 'S' AND NOT has_sequence_privilege(oid, 'USAGE')
            OR relkind = 'r' AND NOT (
              SELECT bool_and(has_table_privilege(pg_class.oid, privilege))
                FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege))`,
      );
      assert.deepEqual(denied.rows, []);
      await assert.rejects(query(urlOf('keeper'), 'CREATE TABLE mine ()'), /permission denied/);
      await assert.rejects(query(urlOf('keeper'), 'ALTER TABLE users ADD COLUMN x text'), /must be owner/);
    });
  });

  describe('its first page', () => {
    let keeper: TestKeeper;

    before(async () => {
      keeper = await startTestKeeper();
      await startTestWorker(keeper);
    });
    after(() => keeper.close());

    it('is published by the commands that it says', async () => {
      const commands = await blocksOf('first page', 'sh');
      // Those for the cluster give the password, and make another user in the end.
      const script = commands.filter((block) => !block.includes('kubectl')).join('\n');
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
