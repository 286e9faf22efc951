import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createKeeperClient, type KeeperClient } from '../../dev/client/keeper-client.js';
import type { SiteFile } from '../../dev/client/site-file.js';
import { uploadSite } from '../../dev/client/upload-site.js';
import { checkout } from '../../scripts/paths.js';
import { createKnex } from '../../src/db/knex.js';
import { migrate } from '../../src/db/migrate.js';
import { cli } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { grantsOf, isGranted, type Permission, permissionsOf, permissionsOfUpload } from '../support/iam-policy.js';
import { keeperEnvironment } from '../support/keeper-environment.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { createRestrictedDatabase, type RestrictedDatabase } from '../support/least-privilege.js';
import { ageBuilds, makeProduct, taskEnd } from '../support/scenario.js';
import { testObjectStore } from '../support/servers.js';
import { startTestWorker } from '../support/worker.js';

const product = 'pipelines';
const mebibyte = 1024 ** 2;

/** Attempts of an attacker who controls the application. */
const attempts: readonly string[] = [
  'CREATE TABLE mine (id integer)',
  'CREATE TEMPORARY TABLE mine (id integer)',
  'CREATE SCHEMA mine',
  'ALTER TABLE editions ADD COLUMN mine integer',
  'ALTER TABLE editions DROP CONSTRAINT editions_pkey CASCADE',
  'ALTER TABLE users DISABLE TRIGGER ALL',
  'DROP TABLE editions',
  'TRUNCATE tasks',
  'CREATE INDEX mine ON editions (title)',
  'CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$',
  "INSERT INTO schema_migrations (name) VALUES ('9999-mine')",
  'DELETE FROM schema_migrations',
  'CREATE ROLE mine SUPERUSER',
  'CREATE DATABASE mine',
  "COPY users TO PROGRAM 'cat'",
  "SELECT pg_read_file('/etc/passwd')",
  'SELECT rolpassword FROM pg_authid',
];

describe('the policies of deploy/policies', function () {
  this.timeout(400_000);
  let database: RestrictedDatabase;
  let keeper: TestKeeper;
  let needed: readonly Permission[];

  before(async () => {
    database = await createRestrictedDatabase();
    keeper = await startTestKeeper({ database: database.app });
    const { faults } = await testObjectStore();
    const since = faults.log().at(-1)?.sequence ?? 0;
    const uploaded = await liveThroughEverything(keeper);
    const { name } = keeper.bucket;
    needed = [
      ...faults
        .log(since)
        .filter(({ bucket }) => bucket === name)
        .flatMap(permissionsOf),
      ...uploaded.flatMap((key) => permissionsOfUpload(name, key)),
    ];
  });

  after(async () => {
    await keeper.close();
    await database.dropRoles();
  });

  describe('the database role of API and workers', () => {
    it('allows the role to publish, rename, delete, audit and notice a restored database', async () => {
      const { published_build_id, purged } = await keeper
        .knex('editions')
        .where({ slug: 'main' })
        .first<{ published_build_id: number; purged: number }>(
          'published_build_id',
          keeper.knex.raw('(SELECT count(*) FROM builds WHERE objects_deleted_at IS NOT NULL)::integer AS purged'),
        );
      assert.deepEqual([published_build_id, purged], [3, 1]);
    });

    it('allows the role the command line', async () => {
      const env = { DATABASE_URL: database.app.url };
      const made = await cli(['user', 'create', 'ci', '--permissions', 'upload', '--password-stdin'], {
        env,
        stdin: 'a password',
      });
      assert.equal(made.code, 0, made.stderr);
      assert.equal((await cli(['user', 'delete', 'ci'], { env })).code, 0);
    });

    for (const attempt of attempts)
      it(`denies the database role: ${attempt}`, async () => {
        await assert.rejects(keeper.knex.raw(attempt), ({ code }: { code?: string }) => {
          assert.equal(code, '42501', 'insufficient_privilege');
          return true;
        });
      });

    it('lets only the migration role migrate, again and again', async () => {
      await assert.rejects(migrate(keeper.knex), /permission denied/);
      const knex = createKnex({ url: database.owner.url });
      try {
        assert.deepEqual(await migrate(knex), []);
      } finally {
        await knex.destroy();
      }
    });
  });

  describe('the policy of the bucket', () => {
    let grants: ReturnType<typeof grantsOf>;

    before(async () => {
      const text = await readFile(join(checkout, 'deploy', 'policies', 's3.json'), 'utf8');
      grants = grantsOf(text.replaceAll('BUCKET', keeper.bucket.name));
    });

    it('allows every request that the service sends', () => {
      assert.ok(needed.length > 50);
      const refused = needed.filter((permission) => !grants.some((grant) => isGranted(permission, grant)));
      assert.deepEqual(refused, []);
    });

    it('allows nothing more, since each action is needed on each of its resources', () => {
      const idle = grants.filter((grant) => !needed.some((permission) => isGranted(permission, grant)));
      assert.deepEqual(idle, []);
    });
  });
});

/**
 * Sends each kind of request that the service sends to a bucket once; returns the keys for which uploads were signed.
 */
async function liveThroughEverything(keeper: TestKeeper): Promise<readonly string[]> {
  const publisher = createKeeperClient({ url: keeper.baseUrl, username: 'admin', password: 'pug' });
  await startTestWorker(keeper, {
    dashboard: 'built-in',
    manifestSlots: 1,
    multipartThreshold: 5 * mebibyte,
    deletion: { deprecatedAfterDays: 0, abandonedUploadHours: 24, abandonedUploads: true },
  });
  await makeProduct(keeper, product);
  // The first copy of the large object fails half-way and is abandoned.
  const { faults, name: bucket } = keeper.bucket;
  faults.addRule({
    match: { bucket, operation: 'UploadPartCopy' },
    action: { kind: 'error', status: 400, code: 'InvalidRequest' },
    times: 1,
  });
  const uploaded = [
    await publish(keeper, publisher, { ref: 'main', files: [page('one'), large], ends: 'FAILURE' }),
    await publish(keeper, publisher, { ref: 'v1', files: [page('two')], ends: 'SUCCESS' }),
    await publish(keeper, publisher, { ref: 'main', files: [page('three'), large], ends: 'SUCCESS' }),
  ];
  const moved = await accepted(keeper, 'PATCH', '/editions/2', { slug: 'v1.0' });
  assert.equal((await taskEnd(keeper, moved)).status, 'SUCCESS');
  await keeper.request('DELETE', '/editions/2');
  await keeper.request('DELETE', '/builds/1');
  await ageBuilds(keeper);
  await pass(keeper);
  await eventually('the objects of deprecated editions and builds to be deleted', async () => {
    const { rows } = await keeper.knex.raw<{ rows: { left: number }[] }>(
      `SELECT (SELECT count(*) FROM editions WHERE date_ended IS NOT NULL AND objects_deleted_at IS NULL)
            + (SELECT count(*) FROM builds WHERE date_ended IS NOT NULL AND objects_deleted_at IS NULL) AS left`,
    );
    return Number(rows[0]?.left) === 0;
  });
  await pass(keeper);
  const { stdout } = await cli(['doctor'], { env: keeperEnvironment(keeper) });
  assert.match(stdout, /Objects can be listed, written, looked at, copied and deleted/);
  return uploaded.flat();
}

interface Publication {
  readonly ref: string;
  readonly files: readonly SiteFile[];
  readonly ends: string;
}

async function publish(
  keeper: TestKeeper,
  publisher: KeeperClient,
  { ref, files, ends }: Publication,
): Promise<readonly string[]> {
  const build = await publisher.registerBuild(product, { gitRefs: [ref], directories: ['/'] });
  await uploadSite(build, files);
  const task = new URL(await publisher.completeUpload(build)).pathname;
  assert.equal((await taskEnd(keeper, task)).status, ends);
  const forms = [...Object.values(build.post_prefix_urls), ...Object.values(build.post_dir_urls)];
  return forms.map(({ fields }) => fields['key'] ?? assert.fail('a form has no key'));
}

function page(text: string): SiteFile {
  return { path: 'index.html', contentType: 'text/html', content: text };
}

const large: SiteFile = {
  path: 'large.pdf',
  contentType: 'application/pdf',
  content: 'x'.repeat(6 * mebibyte),
};

async function accepted(keeper: TestKeeper, ...request: Parameters<TestKeeper['request']>): Promise<string> {
  const { status, body } = await keeper.request(...request);
  assert.equal(status, 200, JSON.stringify(body));
  return new URL((body as { queue_url: string }).queue_url).pathname;
}

/** Runs a pass of Reconcile, which also audits an edition. */
async function pass(keeper: TestKeeper): Promise<void> {
  await keeper.client.workflow.execute('Reconcile', { workflowId: 'reconcile-now', taskQueue: 'keeper' });
}
