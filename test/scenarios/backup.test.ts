import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { bucketsPart } from '../../src/activities/reconcile/mark-buckets.js';
import type { Finding } from '../../src/doctor/finding.js';
import { createS3Client } from '../../src/integrations/object-store/s3-client.js';
import { createS3ObjectStore } from '../../src/integrations/object-store/s3-object-store.js';
import { createLogger } from '../../src/observability/logger.js';
import { createWorkMetrics } from '../../src/observability/metrics/work-metrics.js';
import { type Backup, backUpBucket, backUpDatabase } from '../support/backup.js';
import { cli } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { keeperEnvironment } from '../support/keeper-environment.js';
import {
  announce,
  atRest,
  contents,
  makeBuild,
  makeProduct,
  readEdition,
  type ScenarioBuild,
  steer,
  taskEnd,
} from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

describe('a restore from a backup', function () {
  this.timeout(180_000);
  let keeper: TestKeeper;
  let stopWorker: () => Promise<void>;
  let backups: Backup[];
  /** The default edition, which tracks `main`, and that of the branch. */
  const [main, branch] = [1, 2];
  const site = (text: string): Record<string, string> => ({
    'index.html': text,
    [`only-${text}.html`]: text,
  });

  beforeEach(async () => {
    backups = [];
    keeper = await startTestKeeper();
    stopWorker = await startTestWorker(keeper);
    await makeProduct(keeper, 'guide');
  });

  afterEach(async () => {
    await keeper.close();
    for (const backup of backups) await backup.discard();
  });

  async function publish(text: string, ref = 'main'): Promise<ScenarioBuild> {
    const build = await makeBuild(keeper, 'guide', site(text), [ref]);
    assert.equal((await taskEnd(keeper, await announce(keeper, build))).status, 'SUCCESS');
    return build;
  }

  /** The part of a pass of `Reconcile` that concerns the bucket. */
  async function pass(): Promise<void> {
    const client = createS3Client({ ...keeper.bucket });
    const part = bucketsPart({
      knex: keeper.knex,
      store: createS3ObjectStore({ client }),
      logger: createLogger({ level: 'silent', name: 'test' }),
      metrics: createWorkMetrics(new Registry()),
      s3: { acl: 'public-read', directoryRedirects: true },
    });
    for (const bucket of await part.find({ after: 0, limit: 10 }))
      await part.work(bucket, new AbortController().signal);
    client.destroy();
  }

  /** As an operator does it: the workers are stopped, and no client uses the API. */
  async function restore(...restored: readonly Backup[]): Promise<void> {
    await stopWorker();
    for (const backup of restored) await backup.restore();
  }

  /** Starts the workers again, and waits until all work that they find is done. */
  async function heal(): Promise<void> {
    // As if the 25 s had passed for which a successor waits for requests of an unknown writer.
    await keeper.knex('editions').update({ writer_seen_at: keeper.knex.raw("now() - interval '1 minute'") });
    stopWorker = await startTestWorker(keeper);
    await keeper.client.workflow.execute('Reconcile', { workflowId: 'pass', taskQueue: 'keeper' });
  }

  async function doctor(...options: readonly string[]): Promise<readonly Finding[]> {
    const { stdout } = await cli(['doctor', '--json', ...options], { env: keeperEnvironment(keeper) });
    return (JSON.parse(stdout) as { findings: readonly Finding[] }).findings;
  }

  async function isFoundOut(): Promise<boolean> {
    const findings = await doctor('--sample', '0');
    return findings.some(({ message }) => message.includes('restored from an older copy'));
  }

  async function drifted(): Promise<readonly string[]> {
    const findings = await doctor('--all');
    return findings
      .filter(({ check, status }) => check.startsWith('edition ') && status === 'failure')
      .map(({ check }) => check);
  }

  async function assertShows(edition: 'main' | 'branch', text: string): Promise<void> {
    await atRest(keeper, edition === 'main' ? main : branch);
    assert.deepEqual(await contents(keeper, `guide/v/${edition}/`), site(text));
  }

  async function keep(backup: Promise<Backup>): Promise<Backup> {
    const kept = await backup;
    backups.push(kept);
    return kept;
  }

  it('reports a restored database, also when it is one pass old, and heals it by --resync', async () => {
    await publish('old');
    await publish('branch', 'branch');
    await pass();
    const database = await keep(backUpDatabase(keeper.database));
    await publish('new');
    await pass();
    await restore(database);
    assert.deepEqual(await drifted(), ['edition 1 (guide/main)'], 'the bucket is ahead');
    assert.equal(await isFoundOut(), true);
    // Passes neither hide it nor heal it.
    for (let passes = 0; passes < 3; passes += 1) await pass();
    assert.equal(await isFoundOut(), true);
    assert.deepEqual(await keeper.knex('editions').where({ dirty: true }).pluck('id'), []);
    await doctor('--resync');
    assert.equal(await isFoundOut(), false);
    await heal();
    await assertShows('main', 'old');
    await assertShows('branch', 'branch');
    assert.deepEqual(await drifted(), []);
    await pass();
    assert.equal(await isFoundOut(), false);
  });

  it('heals by doctor --resync a restored database that is younger than the last pass', async () => {
    await publish('old');
    await pass();
    const database = await keep(backUpDatabase(keeper.database));
    await publish('new');
    await restore(database);
    await doctor('--resync');
    await heal();
    await assertShows('main', 'old');
    assert.deepEqual(await drifted(), []);
  });

  it('reports a restored bucket, shows its remaining builds after --resync, and names the lost one', async () => {
    const old = await publish('old');
    await publish('branch', 'branch');
    await pass();
    const bucket = await keep(backUpBucket(keeper.bucket));
    const lost = await publish('new');
    // Some earlier marks may still be on their way.
    for (let passes = 0; passes < 4; passes += 1) await pass();
    await restore(bucket);
    await keeper.bucket.put('guide/v/branch/only-branch.html', 'damaged');
    assert.deepEqual(await drifted(), ['edition 1 (guide/main)', 'edition 2 (guide/branch)']);
    await pass();
    assert.equal(await isFoundOut(), true);
    await doctor('--resync');
    await heal();
    await assertShows('branch', 'branch');
    const about = await eventually('a report on the edition that could not be restored', async () => {
      const findings = await doctor('--sample', '0');
      return findings.find(({ check, status }) => check === 'backlog' && status === 'failure');
    });
    assert.match(about.message, /could not be restored to their published state: 1\./);
    assert.equal((await readEdition(keeper, main)).published_build_url, lost.url);
    await taskEnd(keeper, await steer(keeper, main, { build_url: old.url }));
    await assertShows('main', 'old');
    assert.deepEqual(await drifted(), []);
  });

  it('heals by doctor --resync a database and a bucket from different times', async () => {
    await publish('first');
    const bucket = await keep(backUpBucket(keeper.bucket));
    const second = await publish('second');
    const database = await keep(backUpDatabase(keeper.database));
    await publish('third');
    await restore(database, bucket);
    // The build that the database has is uploaded again, to its old place.
    for (const [path, text] of Object.entries(site('second')))
      await keeper.bucket.put(`${second.prefix}${path}`, text, { ContentType: 'text/html' });
    await doctor('--resync');
    await heal();
    await assertShows('main', 'second');
    assert.deepEqual(await drifted(), []);
  });
});
