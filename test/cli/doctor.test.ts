import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { freePort } from '../../dev/free-port.js';
import type { FaultMatch } from '../../dev/object-store/fault-rule.js';
import type { Finding } from '../../src/doctor/finding.js';
import { ensureReconcileSchedule } from '../../src/integrations/temporal/reconcile-schedule.js';
import { reconcileScheduleId } from '../../src/workflows/contract.js';
import { cli, type CliResult } from '../support/cli.js';
import { createEmptyDatabase, dropTestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { keeperEnvironment } from '../support/keeper-environment.js';
import { startRecordingServer } from '../support/recording-server.js';
import { announce, atRest, contents, makeBuild, makeProduct, taskEnd } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

describe('ltd-keeper doctor', function () {
  // Checks wait a few seconds for each service that is down.
  this.timeout(120_000);
  let keeper: TestKeeper;
  const site = { 'index.html': 'root', 'style.css': 'style', 'page.html': 'page' };

  before(async () => {
    keeper = await startTestKeeper();
    await ensureReconcileSchedule(keeper.client);
  });

  after(async () => {
    await keeper.close();
  });

  interface Diagnosis {
    readonly code: number;
    readonly findings: readonly Finding[];
    /** The only finding of a check. */
    readonly about: (check: string) => Finding;
  }

  function run(options: string, env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
    return cli(['doctor', ...options.split(' ').filter((option) => option !== '')], {
      env: { ...keeperEnvironment(keeper), ...env },
    });
  }

  async function diagnose(options = '', env: Readonly<Record<string, string>> = {}): Promise<Diagnosis> {
    const { code, stdout, stderr } = await run(`--json ${options}`, env);
    assert.equal(stderr, '');
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: Finding[] };
    assert.equal(ok, code === 0);
    return {
      code,
      findings,
      about: (check) => {
        const [finding, ...others] = findings.filter((one) => one.check === check);
        assert.ok(finding !== undefined && others.length === 0, `one finding about ${check}: ${stdout}`);
        return finding;
      },
    };
  }

  function statuses({ findings }: Diagnosis): Record<string, string> {
    return Object.fromEntries(findings.map(({ check, status }) => [check, status]));
  }

  async function publish(product: string): Promise<{ readonly prefix: string; readonly edition: number }> {
    await makeProduct(keeper, product);
    const build = await makeBuild(keeper, product, site);
    assert.equal((await taskEnd(keeper, await announce(keeper, build))).status, 'SUCCESS');
    const { id } = await keeper.knex('editions').where({ published_build_id: build.id }).first<{ id: number }>('id');
    return { prefix: build.prefix, edition: id };
  }

  async function remove(key: string): Promise<void> {
    await keeper.bucket.client.send(new DeleteObjectCommand({ Bucket: keeper.bucket.name, Key: key }));
  }

  describe('before the first worker starts', () => {
    it('reports task queues without a worker, and that the manifest queue matters less', async () => {
      const { code, findings } = await diagnose();
      assert.equal(code, 1);
      const workers = findings.filter(({ check }) => check === 'workers');
      assert.deepEqual(
        workers.map(({ status, message }) => [status, /"(.*)" for (\w+)/.exec(message)?.slice(1).join(' ')]),
        [
          ['failure', 'keeper workflows'],
          ['failure', 'keeper activities'],
          ['failure', 'keeper-copy activities'],
          ['failure', 'keeper-events activities'],
          ['warning', 'keeper-manifests activities'],
        ],
      );
    });

    it('reports that there is nothing to check without a product', async () => {
      const { about } = await diagnose();
      assert.match(about('buckets').message, /no product yet/);
      assert.match(about('editions').message, /^0 of 0/);
    });
  });

  describe('a working service', () => {
    before(async () => {
      await startTestWorker(keeper, { manifestSlots: 1 });
      await publish('pipelines');
    });

    it('finds a working service healthy, and leaves no objects behind', async () => {
      // A pass of Reconcile may write its mark at any time.
      const keys = async (): Promise<readonly string[]> =>
        Object.keys(await contents(keeper, '')).filter((key) => key !== '_keeper/pass');
      const before = await keys();
      const { code, stdout, stderr } = await eventually('all workers to be registered', async () => {
        const result = await run('');
        return result.code === 0 && !result.stdout.includes('warning') && result;
      });
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /^ok {8}database: PostgreSQL \d+.* answers role "ltd_keeper"\.$/m);
      assert.match(stdout, /^ok {8}bucket test-.*: Objects can be listed, written, looked at, copied and deleted\.$/m);
      assert.match(stdout, /^ok {8}editions: 1 of 1 editions that were compared hold their build\.$/m);
      assert.match(stdout, /\nAll is well\.\n$/);
      assert.deepEqual(await keys(), before);
    });

    it('checks the other services when the database is down', async () => {
      const url = `postgresql://a:b@127.0.0.1:${await freePort()}/c`;
      const diagnosis = await diagnose('', { DATABASE_URL: url });
      assert.equal(diagnosis.code, 1);
      const { database, schema, temporal, schedule } = statuses(diagnosis);
      assert.deepEqual([database, schema, temporal, schedule], ['failure', 'failure', 'ok', 'ok']);
      assert.match(diagnosis.about('database').message, /does not answer.*ECONNREFUSED/);
      assert.match(diagnosis.about('database').advice ?? '', /DATABASE_URL/);
    });

    it('checks the other services when Temporal is down', async () => {
      const address = `127.0.0.1:${await freePort()}`;
      const diagnosis = await diagnose('', { TEMPORAL_ADDRESS: address });
      const { database, temporal, schedule, workers, editions } = statuses(diagnosis);
      assert.deepEqual(
        [database, temporal, schedule, workers, editions],
        ['ok', 'failure', 'failure', 'failure', 'ok'],
      );
      assert.match(diagnosis.about('temporal').advice ?? '', /TEMPORAL_ADDRESS/);
    });

    it('checks the other services when the store is down', async () => {
      const endpoint = `http://127.0.0.1:${await freePort()}`;
      const diagnosis = await diagnose('', { AWS_ENDPOINT_URL_S3: endpoint });
      const { about } = diagnosis;
      assert.equal(statuses(diagnosis)['database'], 'ok');
      assert.match(about(`bucket ${keeper.bucket.name}`).message, /could not find anything .*ECONNREFUSED/);
      assert.equal(about('edition 1 (pipelines/main)').status, 'failure');
    });

    it('reports a missing namespace, and how to create it', async () => {
      const { about } = await diagnose('', { TEMPORAL_NAMESPACE: 'nowhere' });
      assert.match(about('temporal').message, /no namespace "nowhere"/);
      assert.match(about('temporal').advice ?? '', /namespace create --namespace nowhere/);
    });

    it('reports that the schema is missing', async () => {
      const empty = await createEmptyDatabase();
      try {
        const { about } = await diagnose('', { DATABASE_URL: empty.url });
        assert.match(about('schema').message, /^Migrations are missing: 0001-initial/);
        assert.equal(about('schema').advice, "Run 'ltd-keeper migrate'.");
      } finally {
        await dropTestDatabase(empty);
      }
    });

    it('reports the missing rights of the database role', async () => {
      const role = 'reader_of_the_doctor_test';
      const { knex, database } = keeper;
      await knex.raw(`CREATE ROLE ${role} LOGIN PASSWORD 'reader'`);
      await knex.raw(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role}`);
      await knex.raw(`GRANT INSERT, UPDATE, DELETE ON products TO ${role}`);
      try {
        const url = Object.assign(new URL(database.url), { username: role, password: 'reader' });
        const { about } = await diagnose('', { DATABASE_URL: url.href });
        assert.match(about('schema').message, /DELETE on editions, INSERT on editions, UPDATE on editions/);
        assert.doesNotMatch(about('schema').message, /on products/);
        assert.match(about('schema').advice ?? '', /GRANT/);
      } finally {
        await knex.raw(`DROP OWNED BY ${role}`);
        await knex.raw(`DROP ROLE ${role}`);
      }
    });

    const rights: readonly (readonly [FaultMatch['operation'], RegExp])[] = [
      ['HeadBucket', /could not find anything/],
      ['ListObjectsV2', /could not list "_keeper\/doctor\//],
      ['PutObject', /could not write "_keeper\/doctor\//],
      ['HeadObject', /could not look at "_keeper\/doctor\//],
      ['CopyObject', /could not copy "_keeper\/doctor\//],
      ['DeleteObjects', /could not delete/],
    ];
    for (const [operation, says] of rights)
      it(`reports that the bucket's policy does not allow ${String(operation)}`, async () => {
        const bucket = keeper.bucket.name;
        const rule = keeper.bucket.faults.addRule({
          match: { bucket, ...(operation === undefined ? {} : { operation }), ...ofTheDoctor(operation) },
          action: { kind: 'error', status: 403, code: 'AccessDenied' },
        });
        try {
          const { code, findings } = await diagnose('--sample 0');
          assert.equal(code, 1);
          const denied = findings.filter(({ status }) => status === 'failure');
          assert.equal(denied.length, 1, JSON.stringify(denied));
          assert.match(denied[0]?.message ?? '', says);
        } finally {
          keeper.bucket.faults.removeRule(rule.id);
        }
      });

    it('reports how the CDN, the dashboard service and the event receiver answer', async () => {
      const [cdn, dasher] = [await startRecordingServer(), await startRecordingServer()];
      try {
        cdn.replyWith({ status: 401 });
        dasher.replyWith({ status: 502 });
        const { about } = await diagnose('--sample 0', {
          FASTLY_SERVICE_ID: 'service',
          FASTLY_KEY: 'secret-key',
          LTD_FASTLY_API_URL: cdn.url,
          LTD_DASHER_URL: dasher.url,
          LTD_EVENTS_URL: `http://127.0.0.1:${await freePort()}/hook?secret-hook`,
        });
        assert.match(about('cdn').message, /refuses us with HTTP 401/);
        assert.equal(about('dashboards').status, 'warning');
        assert.match(about('events').message, /There is no answer: .*ECONNREFUSED/);
        assert.doesNotMatch(JSON.stringify([about('cdn'), about('events')]), /secret/);
        assert.deepEqual(
          [...cdn.requests, ...dasher.requests].map(({ method }) => method),
          ['GET', 'GET'],
          'no purge is sent and no dashboard is built',
        );
      } finally {
        await Promise.all([cdn.close(), dasher.close()]);
      }
    });

    it('reports that the schedule of Reconcile is paused, and resumes it with --fix', async () => {
      const handle = keeper.client.schedule.getHandle(reconcileScheduleId);
      await handle.pause('for the test');
      assert.match((await diagnose('--sample 0')).about('schedule').message, /paused \(for the test\)/);
      assert.equal((await diagnose('--sample 0 --repair')).about('schedule').status, 'repaired');
      await handle.delete();
      const { code, about } = await diagnose('--sample 0');
      assert.deepEqual([code, about('schedule').status], [1, 'failure']);
      const mended = await diagnose('--sample 0 --repair');
      assert.deepEqual([mended.code, mended.about('schedule').status], [0, 'repaired']);
      assert.equal((await diagnose('--sample 0')).about('schedule').status, 'ok');
    });

    it('reports which events the receiver refuses, and why', async () => {
      assert.equal((await diagnose('--sample 0')).about('deliveries').status, 'ok');
      await keeper.knex('edition_events').insert({
        edition_id: 1,
        generation: 1_000,
        payload: JSON.stringify({}),
        error: 'It answered HTTP 404.',
      });
      const finding = (await diagnose('--sample 0')).about('deliveries');
      await keeper.knex('edition_events').delete();
      assert.equal(finding.status, 'warning');
      assert.match(finding.message, /refuses 1 events, and 0 were written off .*HTTP 404/);
    });

    describe('purges that the CDN has not confirmed', () => {
      let edition: number;
      before(async () => {
        edition = (await publish('owing')).edition;
        await atRest(keeper, edition);
      });
      after(async () => {
        for (const table of ['editions', 'products'])
          await keeper.knex(table).update({
            purge_done: keeper.knex.ref('purge_due'),
            purge_since: null,
            purge_after: null,
            purge_error: null,
          });
      });

      /** Makes one purge due, which no worker sends before tomorrow. */
      const owe = async (table: 'editions' | 'products', error: string | null, minutes = 90): Promise<void> => {
        const { knex } = keeper;
        const row = table === 'editions' ? { id: edition } : { slug: 'owing' };
        await knex(table)
          .where(row)
          .update({
            purge_due: knex.raw('purge_done + 1'),
            purge_since: knex.raw('now() - make_interval(mins => ?)', [minutes]),
            purge_after: knex.raw("now() + interval '1 day'"),
            purge_error: error,
          });
      };
      const purges = async (options = ''): Promise<Finding> =>
        (await diagnose(`--sample 0 ${options}`)).about('purges');

      it('reports recent unconfirmed purges with their number and age as healthy', async () => {
        await owe('editions', null, 5);
        const { status, message } = await purges();
        assert.equal(status, 'ok');
        assert.match(message, /^1 editions and 0 dashboards wait for a purge, the oldest for [5-9] minutes/);
        assert.match(message, /No purge has failed/);
      });

      it('warns about a purge that was not sent for an hour, and names the workflow that sends it', async () => {
        await owe('editions', null);
        const { status, message, advice } = await purges();
        assert.equal(status, 'warning');
        assert.match(message, /^1 editions and 0 dashboards .* the oldest for 9\d minutes/);
        assert.match(advice ?? '', /workers run.*schedule of Reconcile is not paused/);
      });

      it('reports a failure with the newest error of the CDN, and what to do', async () => {
        await owe('editions', null);
        await owe('products', 'The CDN answered HTTP 403.');
        const { status, message, advice } = await purges();
        assert.equal(status, 'failure');
        assert.match(message, /^1 editions and 1 dashboards .* the oldest for 9\d minutes/);
        assert.match(message, /readers may see older pages: The CDN answered HTTP 403\./);
        assert.match(advice ?? '', /Mend what it says.*ltd-keeper doctor --repair/);
      });

      it('has unconfirmed purges sent at once with --fix', async () => {
        await owe('editions', 'The CDN answered HTTP 403.');
        await owe('products', null);
        const { status, message } = await purges('--repair');
        assert.equal(status, 'repaired');
        assert.match(message, /tried again within 30 seconds.*The CDN answered HTTP 403\./);
        await keeper.client.workflow.execute('Reconcile', {
          workflowId: 'reconcile-now',
          taskQueue: 'keeper',
        });
        const after = await eventually('every purge to be confirmed', async () => {
          const finding = await purges();
          return finding.status === 'ok' && finding.message.includes('every') && finding;
        });
        assert.equal(after.message, 'The CDN has confirmed every purge.');
      });
    });

    it('finds an edition that differs from its build, and has it restored with --fix', async () => {
      const { edition } = await publish('drifted');
      const name = `edition ${edition} (drifted/main)`;
      await remove('drifted/v/main/page.html');
      const seen = await diagnose('--all');
      assert.equal(seen.code, 1);
      assert.match(seen.about(name).message, /"page\.html" is missing/);
      assert.equal((await contents(keeper, 'drifted/v/main/'))['page.html'], undefined, 'the doctor only reads');
      const mended = await diagnose('--all --repair');
      assert.deepEqual([mended.code, mended.about(name).status], [0, 'repaired']);
      await atRest(keeper, edition);
      assert.deepEqual(await contents(keeper, 'drifted/v/main/'), site);
    });

    it('reports a build whose objects are lost, and does not change the edition', async () => {
      const { prefix, edition } = await publish('lost');
      for (const path of Object.keys(site)) await remove(`${prefix}${path}`);
      await remove('lost/v/main/page.html');
      const finding = (await diagnose('--repair')).about(`edition ${edition} (lost/main)`);
      assert.equal(finding.status, 'failure');
      assert.match(finding.message, /nothing is left of its build 1 \(\/builds\/\d+\)/);
      assert.match(finding.advice ?? '', /Upload/);
      const row = await keeper.knex('editions').where({ id: edition }).first<{ dirty: boolean }>();
      assert.equal(row.dirty, false);
    });

    describe('the mark of a bucket', () => {
      const pass = (): Promise<unknown> =>
        keeper.client.workflow.execute('Reconcile', { workflowId: 'reconcile-now', taskQueue: 'keeper' });
      const findings = async (options = '--sample 0'): Promise<readonly Finding[]> =>
        (await diagnose(options)).findings.filter(
          ({ check, status }) => check === `bucket ${keeper.bucket.name}` && status !== 'ok',
        );
      const dirty = (): Promise<number[]> => keeper.knex('editions').where({ dirty: true }).pluck('id');
      const deny = (operation: FaultMatch['operation']): (() => void) => {
        const { id } = keeper.bucket.faults.addRule({
          match: {
            bucket: keeper.bucket.name,
            ...(operation === undefined ? {} : { operation }),
            keyPattern: '^_keeper/pass$',
          },
          action: { kind: 'error', status: 403, code: 'AccessDenied' },
        });
        return () => {
          keeper.bucket.faults.removeRule(id);
        };
      };

      it('reports that the mark cannot be read, without another failure', async () => {
        const allow = deny('HeadObject');
        await pass();
        const [finding, ...others] = await findings();
        allow();
        assert.deepEqual([finding?.status, others], ['failure', []]);
        assert.match(finding?.message ?? '', /could not look at "_keeper\/pass"/);
        assert.deepEqual([await findings(), await dirty()], [[], []]);
      });

      it('reports that the mark cannot be written, without another failure', async () => {
        const allow = deny('PutObject');
        for (let passes = 0; passes < 4; passes += 1) await pass();
        const [finding, ...others] = await findings();
        allow();
        assert.deepEqual([finding?.status, finding?.message], ['warning', 'Its mark could not be written.']);
        await pass();
        assert.deepEqual([others, await findings(), await dirty()], [[], [], []]);
      });

      it('reports that another installation may publish there, until a resync adopts the bucket', async () => {
        const client = keeper.bucket.client;
        await client.send(
          new PutObjectCommand({
            Bucket: keeper.bucket.name,
            Key: '_keeper/pass',
            Metadata: { token: randomUUID() },
          }),
        );
        for (let passes = 0; passes < 3; passes += 1) await pass();
        const [finding, ...others] = await findings();
        assert.deepEqual([finding?.status, others, await dirty()], ['failure', [], []]);
        assert.match(finding?.message ?? '', /restored from an older copy, or another installation/);
        assert.match(finding?.advice ?? '', /doctor --resync/);
        await findings('--sample 0 --resync');
        await pass();
        await pass();
        assert.deepEqual(await findings(), []);
      });
    });

    it('reports that a bucket is missing', async () => {
      const bucket = `${keeper.bucket.name}-gone`;
      await makeProduct(keeper, 'elsewhere', bucket);
      const { about } = await diagnose('--sample 0');
      assert.match(about(`bucket ${bucket}`).message, /NoSuchBucket.*create the bucket/);
    });
  });

  it('accepts only whole numbers of editions', async () => {
    const result = await run('--sample many');
    assert.equal(result.code, 2);
    assert.match(result.stderr, /whole number/);
  });
});

/**
 * For requests that name a key, matches only the doctor's keys, since a pass of `Reconcile` must still write its mark.
 */
function ofTheDoctor(operation: FaultMatch['operation']): Pick<FaultMatch, 'keyPattern'> {
  const namesKey = operation === 'PutObject' || operation === 'HeadObject' || operation === 'CopyObject';
  return namesKey ? { keyPattern: '^_keeper/doctor/' } : {};
}
