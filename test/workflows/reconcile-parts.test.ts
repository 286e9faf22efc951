import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { declareRebuild } from '../../src/db/protocol/declare.js';
import { lockProductAndEdition } from '../../src/db/protocol/lock.js';
import { LtdError } from '../../src/domain/errors.js';
import { openTask } from '../../src/db/protocol/open-task.js';
import { insertEdition } from '../../src/db/queries/insert-edition.js';
import { createHttpEventReceiver } from '../../src/integrations/events/http-event-receiver.js';
import { createDeletionStarter } from '../../src/integrations/temporal/deletion-starter.js';
import { startRecordingServer } from '../support/recording-server.js';
import { transaction } from '../../src/db/transaction.js';
import { createTemporalClient } from '../../src/integrations/temporal/connect.js';
import { createWorkflowStarter } from '../../src/integrations/temporal/workflow-starter.js';
import { dataConverter } from '../../src/payload-codec/data-converter.js';
import { Secret } from '../../src/config/secret.js';
import { type PartReport, type ReconcilePart, reconcileParts } from '../../src/workflows/contract.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { announce, atRest, makeBuild, makeProduct, taskEnd } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

type Reports = Partial<Record<ReconcilePart, PartReport>>;

async function makePass({ client }: TestKeeper): Promise<Reports> {
  return (await client.workflow.execute('Reconcile', {
    workflowId: 'reconcile-now',
    taskQueue: 'keeper',
  })) as Reports;
}

/** The commit of an API that dies before it signals Temporal. */
async function announceUnnoticed(keeper: TestKeeper, product: string, text = product): Promise<void> {
  const build = await makeBuild(keeper, product, { 'index.html': text });
  await keeper.knex('builds').where({ id: build.id }).update({ uploaded: true });
  const { product_id: productId } = await keeper
    .knex('builds')
    .where({ id: build.id })
    .first<{ product_id: number }>('product_id');
  const { id } = await keeper.knex('editions').where({ product_id: productId }).first<{ id: number }>('id');
  await transaction(keeper.knex, async (trx) => {
    await lockProductAndEdition(trx, id);
    await declareRebuild(trx, {
      editionId: id,
      buildId: build.id,
      requestedBy: 'test',
      trackedBuildId: build.id,
    });
  });
}

describe('a pass of Reconcile', function () {
  this.timeout(120_000);
  let keeper: TestKeeper;
  /** The input for which the worker's activities throw. */
  let broken: ReconcilePart | null = null;

  before(async () => {
    keeper = await startTestKeeper();
    await startTestWorker(keeper, {
      changed: (activities) => ({
        ...activities,
        reconcile: (part) => (part === broken ? Promise.reject(new Error('out of order')) : activities.reconcile(part)),
      }),
    });
    await makeProduct(keeper, 'healthy');
    await makeProduct(keeper, 'other', `${keeper.bucket.name}-missing`);
    await taskEnd(keeper, await announce(keeper, await makeBuild(keeper, 'healthy', { 'index.html': 'one' })));
  });

  afterEach(() => {
    broken = null;
  });

  after(async () => {
    await keeper.close();
  });

  const pass = (): Promise<Reports> => makePass(keeper);
  const declareUnnoticed = (text: string): Promise<void> => announceUnnoticed(keeper, 'healthy', text);

  async function assertHealed(text: string): Promise<void> {
    await atRest(keeper, 1);
    assert.equal(await keeper.bucket.read('healthy/v/main/index.html'), text);
  }

  it('reports a missing bucket, and does all other work', async () => {
    await declareUnnoticed('beside a missing bucket');
    const { buckets, ...others } = await pass();
    assert.deepEqual(buckets, { done: 1, failed: 1 });
    assert.deepEqual(Object.keys(others).sort(), reconcileParts.filter((part) => part !== 'buckets').sort());
    for (const report of Object.values(others)) assert.equal(report.failed, 0);
    await assertHealed('beside a missing bucket');
  });

  it("starts an edition while a store does not answer another part's requests", async () => {
    const { faults, name } = keeper.bucket;
    const rule = faults.addRule({
      match: { bucket: name, keyPattern: '^_keeper/' },
      action: { kind: 'hang' },
    });
    await declareUnnoticed('beside a black hole');
    const run = await keeper.client.workflow.start('Reconcile', {
      workflowId: 'reconcile-now',
      taskQueue: 'keeper',
    });
    await assertHealed('beside a black hole');
    const { buckets } = (await run.result()) as Reports;
    faults.removeRule(rule.id);
    assert.deepEqual(buckets, { done: 0, failed: 2 });
  });

  for (const part of reconcileParts.filter((one) => one !== 'editions'))
    it(`heals an edition when the part of ${part} throws, and fails at its end`, async () => {
      broken = part;
      await declareUnnoticed(`without ${part}`);
      await assert.rejects(pass(), (error: Error) => {
        assert.match(String(error.cause), new RegExp(`${part}: out of order`));
        return true;
      });
      await assertHealed(`without ${part}`);
    });
});

describe('a pass of Reconcile over failing items', function () {
  this.timeout(120_000);
  const products = ['before', 'poisoned', 'after'] as const;
  const manyEditions = 40;
  let keeper: TestKeeper;

  const refuses = async (slug: string, call: () => Promise<void>): Promise<void> => {
    if (slug === 'poisoned') throw new Error('poisoned');
    await call();
  };

  before(async () => {
    keeper = await startTestKeeper();
    const starter = createWorkflowStarter(keeper.client);
    const purges = createDeletionStarter(keeper.client);
    const receiver = await startRecordingServer();
    receiver.replyWith('hang');
    keeper.cleanUp.push(() => receiver.close());
    await startTestWorker(keeper, {
      workflows: {
        ...starter,
        signalEdition: (wake) => refuses(wake.productSlug, () => starter.signalEdition(wake)),
        startDashboard: (wake) => refuses(wake.productSlug, () => starter.startDashboard(wake)),
        startEvents: (wake) => refuses(wake.productSlug, () => starter.startEvents(wake)),
        startDomain: (start) => refuses(start.productSlug, () => starter.startDomain(start)),
      },
      deletions: { startDeletion: (build) => refuses(build.productSlug, () => purges.startDeletion(build)) },
      deletion: { deprecatedAfterDays: 30, abandonedUploadHours: 24, abandonedUploads: false },
      events: createHttpEventReceiver({ url: receiver.url }),
      dns: { register: () => Promise.reject(new LtdError('dns_zone_missing', 'There is no zone.')) },
    });
    for (const product of products) {
      const bucket = product === 'poisoned' ? `${keeper.bucket.name}-missing` : keeper.bucket.name;
      await makeProduct(keeper, product, bucket);
    }
  });

  after(async () => {
    await keeper.close();
  });

  /** Work for each product, which was not signalled, in every part but the audit. */
  async function arrange(productId: number, slug: string): Promise<void> {
    await announceUnnoticed(keeper, slug);
    await keeper.knex('products').where({ id: productId }).update({ domain_record: 'wanted' });
    const days = (ago: number): Date => new Date(Date.now() - ago * 86_400_000);
    const build = { product_id: productId, git_refs: JSON.stringify(['main']) };
    await keeper.knex('builds').insert([
      {
        ...build,
        slug: 'old',
        surrogate_key: `old ${slug}`,
        uploaded: true,
        date_created: days(90),
        date_ended: days(60),
      },
      { ...build, slug: 'dead', surrogate_key: `dead ${slug}`, date_created: days(3) },
    ]);
    const event = { edition_id: productId, generation: 1_000, payload: JSON.stringify({}) };
    await keeper.knex('edition_events').insert(event);
  }

  async function addEventsOfManyEditions(): Promise<void> {
    for (let made = 0; made < manyEditions; made += 1) {
      const { id } = await transaction(keeper.knex, (trx) =>
        insertEdition(trx, {
          product_id: 1,
          slug: `edition-${made}`,
          title: 'An edition',
          base_url: 'https://keeper.test',
          mode: 'git_refs',
          tracked_refs: [`branch-${made}`],
        }),
      );
      const event = { edition_id: id, generation: 1_000, payload: JSON.stringify({}) };
      await keeper.knex('edition_events').insert(event);
    }
  }

  it('does all other work of every part, also with many editions behind a receiver that hangs', async () => {
    for (const [index, slug] of products.entries()) await arrange(index + 1, slug);
    await addEventsOfManyEditions();
    await eventually('the dashboards of the requests above', async () => {
      const behind = 'dashboard_built_generation < dashboard_generation';
      return (await keeper.knex('products').whereRaw(behind)).length === 0;
    });
    for (const productId of [1, 2, 3])
      await transaction(keeper.knex, (trx) => openTask(trx, { productId, rebuilds: [] }));
    // The store of one bucket is missing; two products share the other.
    const { audit, ...others } = await makePass(keeper);
    const oneOfThree = { done: 2, failed: 1 };
    assert.deepEqual(others, {
      editions: oneOfThree,
      dashboards: oneOfThree,
      events: { done: manyEditions + 2, failed: 1 },
      domains: oneOfThree,
      buckets: { done: 1, failed: 1 },
      removals: oneOfThree,
      uploads: oneOfThree,
    });
    assert.equal(audit?.failed, 0);
    for (const edition of [1, 3]) await atRest(keeper, edition);
    const abandoned = await keeper.knex('builds').whereNotNull('abandoned_at').pluck<number[]>('product_id');
    assert.deepEqual(abandoned.sort(), [1, 3]);
  });

  /** A pass skips an edition whose row is locked, as by the last step of a run that is about to end. */
  const nextAudit = (): Promise<Reports['audit']> =>
    eventually('an edition to be audited', async () => {
      const { audit } = await makePass(keeper);
      return audit !== undefined && audit.done + audit.failed > 0 && audit;
    });

  it('audits another edition after one that could not be audited', async () => {
    const { faults, name: bucket } = keeper.bucket;
    for (const edition of [1, 3]) await atRest(keeper, edition);
    const auditedAt = (minutes: number): unknown => keeper.knex.raw(`now() - interval '${minutes} minutes'`);
    await keeper.knex('editions').update({ audited_at: auditedAt(10) });
    await keeper
      .knex('editions')
      .where({ id: 1 })
      .update({ audited_at: auditedAt(20) });
    const match = { bucket, operation: 'ListObjectsV2' } as const;
    const denied = { kind: 'error', status: 403, code: 'AccessDenied' } as const;
    const { id: rule } = faults.addRule({ match, action: denied });
    assert.deepEqual(await nextAudit(), { done: 0, failed: 1 });
    faults.removeRule(rule);
    await keeper
      .knex('editions')
      .where({ id: 1 })
      .update({ audited_at: auditedAt(2) });
    assert.deepEqual(await nextAudit(), { done: 1, failed: 0 });
  });
});

describe('Reconcile after an encryption key was removed', function () {
  this.timeout(180_000);

  it('heals every edition, also one whose open run cannot be decrypted', async () => {
    const keeper = await startTestKeeper();
    const removed = { id: 'removed', key: new Secret(randomBytes(32).toString('base64')) };
    const { address, namespace } = keeper.temporal;
    const before = createTemporalClient({ connectionOptions: { address }, namespace }, dataConverter([removed]));
    keeper.cleanUp.push(() => before.close());
    try {
      for (const product of ['one', 'two', 'three']) {
        await makeProduct(keeper, product);
        await announceUnnoticed(keeper, product);
      }
      await createWorkflowStarter(before.client).signalEdition({
        editionId: 2,
        generation: 1,
        productSlug: 'two',
        editionSlug: 'main',
        buildId: 2,
        buildSlug: '1',
      });
      await startTestWorker(keeper);
      await eventually(
        'all editions to be healed',
        async () => {
          await makePass(keeper);
          const rows = await keeper.knex('editions').where({ pending_rebuild: false, dirty: false });
          return rows.length === 3;
        },
        120_000,
      );
    } finally {
      await keeper.close();
    }
  });
});
