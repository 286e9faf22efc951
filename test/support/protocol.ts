import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { createKnex } from '../../src/db/knex.js';
import { Edition } from '../../src/db/models/edition.js';
import { Product } from '../../src/db/models/product.js';
import { Rebuild } from '../../src/db/models/rebuild.js';
import { Task } from '../../src/db/models/task.js';
import { beginRebuild } from '../../src/db/protocol/begin.js';
import { declareRebuild, type DeclaredRebuild } from '../../src/db/protocol/declare.js';
import { finishRebuild, type PublicationReport } from '../../src/db/protocol/finish.js';
import { lockProduct, lockProductAndEdition } from '../../src/db/protocol/lock.js';
import { openTask } from '../../src/db/protocol/open-task.js';
import { settleGeneration } from '../../src/db/protocol/settle.js';
import { acquireWriter, releaseWriter } from '../../src/db/protocol/writer.js';
import { insertEdition } from '../../src/db/queries/insert-edition.js';
import { transaction } from '../../src/db/transaction.js';
import type { RebuildOutcome } from '../../src/domain/edition-state.js';
import { noCounts } from '../../src/domain/copy-counts.js';
import type { RebuildPlan } from '../../src/workflows/contract.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from './database.js';

/** A database in which a test calls the protocol as API, workflow and activities do. */
export interface ProtocolWorld {
  readonly knex: Knex;
  readonly database: TestDatabase;
  /** Runs work in a transaction of its own, as the services and activities do. */
  run<T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T>;
  /** Creates a product. */
  product(): Promise<number>;
  /** Creates an edition that shows nothing, by default of a new product. */
  edition(productId?: number): Promise<TestEdition>;
  close(): Promise<void>;
}

/** One edition and every event that can happen to it. */
export interface TestEdition {
  readonly id: number;
  readonly productId: number;
  /** Creates a build of its product, by default an uploaded one. */
  build(changes?: Readonly<Record<string, unknown>>): Promise<number>;
  /** Declares a build, and opens a task that waits for it. */
  declare(buildId: number, tracked?: number | null): Promise<DeclaredRebuild & { readonly taskId: string }>;
  /** Begins the next plan; fails when there is no work. */
  begin(): Promise<RebuildPlan>;
  /** The plan of `beginRebuild`; null when there is none, also when only a purge is owed. */
  look(): Promise<RebuildPlan | null>;
  /** Records a plan's copy and removal in the row, and ends the plan. */
  carryOut(plan: RebuildPlan, report?: Partial<PublicationReport>): Promise<boolean>;
  /** Declares a new build and publishes it; returns the build. */
  publish(): Promise<number>;
  /** Settles the current generation of the edition. */
  settle(outcome: RebuildOutcome, generation?: number): Promise<boolean>;
  row(): Promise<Edition>;
  change(columns: Partial<Edition>): Promise<void>;
  /** The history, oldest first. */
  rebuilds(): Promise<Rebuild[]>;
  /** The outcomes of the history, oldest first. */
  outcomes(): Promise<(RebuildOutcome | null)[]>;
}

/** The conditions of every copy in these tests. By default no CDN caches anything. */
export const copyWork = { kind: 'copy', policy: 'policy of the tests', uncached: true } as const;

/** Creates a database for the test file. */
export async function startProtocolWorld(): Promise<ProtocolWorld> {
  const database = await createTestDatabase();
  const knex = createKnex({ url: database.url, applicationName: 'test protocol' });
  const run: ProtocolWorld['run'] = (work) => transaction(knex, work);
  const product = (): Promise<number> => insertProduct(knex);
  return {
    knex,
    database,
    run,
    product,
    edition: async (productId) => newEdition({ knex, run }, productId ?? (await product())),
    async close() {
      await knex.destroy();
      await dropTestDatabase(database);
    },
  };
}

/** The row of a task. */
export async function taskRow(knex: Knex, taskId: string): Promise<Task> {
  return Task.query(knex).findById(taskId).throwIfNotFound();
}

/** The row of a product. */
export async function productRow(knex: Knex, productId: number): Promise<Product> {
  return Product.query(knex).findById(productId).throwIfNotFound();
}

/** Acquires the writer lease for the copy, and releases it with the copy recorded. */
export async function recordCopied({ run }: Pick<ProtocolWorld, 'run'>, plan: RebuildPlan): Promise<void> {
  const { writerId } = await run((trx) => acquireWriter(trx, plan, copyWork));
  const departure = { writerId, record: 'copied', policy: copyWork.policy, uncached: true } as const;
  assert.equal(await run((trx) => releaseWriter(trx, plan, departure)), 'recorded');
}

/** Acquires the writer lease for the removal, and releases it with the verification recorded. */
export async function recordVerified({ run }: Pick<ProtocolWorld, 'run'>, plan: RebuildPlan): Promise<void> {
  const { writerId } = await run((trx) => acquireWriter(trx, plan, { kind: 'removal', uncached: true }));
  assert.equal(
    await run((trx) => releaseWriter(trx, plan, { writerId, record: 'verified', uncached: true })),
    'recorded',
  );
}

type Database = Pick<ProtocolWorld, 'knex' | 'run'>;

let made = 0;

async function insertProduct(knex: Knex): Promise<number> {
  made += 1;
  const { id } = await Product.query(knex).insert({
    slug: `product-${made}`,
    doc_repo: 'https://github.com/lsst/pipelines_lsst_io.git',
    title: 'A product',
    root_domain: 'lsst.io',
    root_fastly_domain: 'global.ssl.fastly.net',
    bucket_name: 'lsst-the-docs',
    surrogate_key: `key-of-product-${made}`,
    base_url: 'https://keeper.test',
  });
  return id;
}

async function insertBuild(knex: Knex, productId: number, changes: Readonly<Record<string, unknown>>): Promise<number> {
  made += 1;
  const [row] = await knex('builds')
    .insert({
      product_id: productId,
      slug: `build-${made}`,
      git_refs: JSON.stringify(['main']),
      surrogate_key: `key-of-build-${made}`,
      uploaded: true,
      ...changes,
    })
    .returning<{ id: number }[]>('id');
  assert.ok(row !== undefined);
  return row.id;
}

async function newEdition({ knex, run }: Database, productId: number): Promise<TestEdition> {
  made += 1;
  const slug = `edition-${made}`;
  const base = { product_id: productId, slug, title: 'An edition', base_url: 'https://keeper.test' };
  const { id } = await run((trx) => insertEdition(trx, { ...base, mode: 'git_refs', tracked_refs: ['main'] }));
  const build: TestEdition['build'] = (changes = {}) => insertBuild(knex, productId, changes);
  const declare: TestEdition['declare'] = (buildId, tracked = buildId) =>
    run(async (trx) => {
      await lockProduct(trx, productId);
      const declaration = { editionId: id, buildId, requestedBy: 'somebody', trackedBuildId: tracked };
      const rebuild = await declareRebuild(trx, declaration);
      const { taskId } = await openTask(trx, { productId, rebuilds: [rebuild] });
      return { ...rebuild, taskId };
    });
  const look: TestEdition['look'] = async () => {
    const work = await run((trx) => beginRebuild(trx, id));
    return work === 'purge' ? null : work;
  };
  const begin: TestEdition['begin'] = async () => {
    const plan = await look();
    assert.ok(plan !== null, 'there is no work');
    return plan;
  };
  const carryOut: TestEdition['carryOut'] = async (plan, report = {}) => {
    await recordCopied({ run }, plan);
    await recordVerified({ run }, plan);
    return run((trx) => finishRebuild(trx, plan, { counts: noCounts, warning: null, ...report }));
  };
  const row: TestEdition['row'] = async () => Edition.query(knex).findById(id).throwIfNotFound();
  const rebuilds: TestEdition['rebuilds'] = async () =>
    Rebuild.query(knex).where({ edition_id: id }).orderBy('generation');
  return {
    id,
    productId,
    build,
    declare,
    look,
    begin,
    carryOut,
    publish: async () => {
      const buildId = await build();
      await declare(buildId);
      assert.equal(await carryOut(await begin()), true);
      return buildId;
    },
    settle: (outcome, generation) =>
      run(async (trx) => {
        const { edition } = await lockProductAndEdition(trx, id);
        return settleGeneration(trx, { edition, generation: generation ?? edition.generation, outcome });
      }),
    row,
    change: async (columns) => {
      await Edition.query(knex).findById(id).patch(columns);
    },
    rebuilds,
    outcomes: async () => (await rebuilds()).map(({ outcome }) => outcome),
  };
}
