import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import pg from 'pg';
import { inspectBacklog } from '../../src/db/inspect.js';
import { restingEditions } from '../../src/db/protocol/audit.js';
import { openDashboardsTask } from '../../src/db/protocol/open-task.js';
import { editionsThatMayTrack } from '../../src/db/queries/editions.js';
import { fillDatabase } from '../support/large-database.js';
import { startTestKeeper, type TestKeeper, testKeeperName } from '../support/keeper.js';
import { type RecordedStatements, recordStatements } from '../support/recorded-statements.js';
import { announce, atRest, makeBuild, makeProduct, readTaskOnce, steer, taskEnd } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

/** Tables that grow with editions and builds: no statement may scan one completely. */
const large: ReadonlySet<string> = new Set([
  'builds',
  'editions',
  'rebuilds',
  'tasks',
  'task_rebuilds',
  'held_slugs',
  'edition_events',
  'manifests',
  'manifest_chunks',
  'edition_etags',
]);

/** The used part of a plan; see EXPLAIN (FORMAT JSON) in PostgreSQL's documentation. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** A statement and its plan. */
interface Planned {
  readonly text: string;
  readonly plans: readonly PlanNode[];
}

/** The indexes that a plan uses. */
function indexesOf({ 'Index Name': index, Plans = [] }: PlanNode): readonly string[] {
  return [...(index === undefined ? [] : [index]), ...Plans.flatMap(indexesOf)];
}

/** The factor for the number of products, and of builds of each. */
const scale = Number(process.env['PLAN_SCALE'] ?? 1);

/**
 * At a scale of 10 there are 1,000 products of 200 editions and 2,000 builds each. Without it the tables are large
 * enough for the planner to choose an index wherever one fits.
 */
const size = { products: 100 * scale, editionsPerProduct: 200, buildsPerProduct: 200 * scale };

/** Partial indexes, which are meant to be scanned completely. */
async function partialIndexes(knex: Knex): Promise<ReadonlySet<string>> {
  const { rows } = await knex.raw<{ rows: readonly { name: string }[] }>(
    'SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indpred IS NOT NULL',
  );
  return new Set(rows.map(({ name }) => name));
}

describe("the service's statements on a database with many products", function () {
  this.timeout(240_000 * scale);
  let keeper: TestKeeper;
  let recorded: RecordedStatements;
  let ofApi: RecordedStatements;

  before(async () => {
    keeper = await startTestKeeper();
    await fillDatabase(keeper.database.url, size);
    recorded = recordStatements(keeper.database.name);
    ofApi = recordStatements(keeper.database.name, testKeeperName);
  });

  after(async () => {
    recorded.stop();
    await keeper.close();
  });

  async function ask(method: string, path: string, body?: unknown): Promise<void> {
    const { status } = await keeper.request(method, path, body);
    assert.ok(status < 400, `${method} ${path} answered ${status}`);
  }

  /** Every request of clients, and the work that follows from it. */
  async function tour(): Promise<void> {
    await makeProduct(keeper, 'tour');
    const main = await idOf('main');
    const first = await makeBuild(keeper, 'tour', { 'index.html': 'one', 'gone.html': 'one' });
    await taskEnd(keeper, await announce(keeper, first));
    const second = await makeBuild(keeper, 'tour', { 'index.html': 'two' });
    const task = await announce(keeper, second);
    await taskEnd(keeper, task);
    await readTaskOnce(keeper, task);
    await taskEnd(keeper, await steer(keeper, main, { build_url: first.url }));
    await ask('PATCH', `/editions/${main}`, { title: 'Another', pending_rebuild: false });
    const branch = await makeBuild(keeper, 'tour', { 'index.html': 'branch' }, ['branch']);
    await taskEnd(keeper, await announce(keeper, branch));
    const renamed = await idOf('branch');
    await taskEnd(keeper, await steer(keeper, renamed, { slug: 'renamed' }));
    for (const path of [
      '/products/',
      '/products/large-7',
      '/products/large-7/builds/',
      '/products/large-7/editions/',
      '/products/tour/dashboard',
      `/editions/${main}`,
      `/builds/${first.id}`,
      '/editions/100',
      '/builds/100',
    ])
      await ask('GET', path);
    await ask('PATCH', '/products/tour', { title: 'Tour' });
    await makeProduct(keeper, 'moving');
    await ask('PATCH', '/products/moving', { bucket_name: 'elsewhere' });
    await ask('POST', '/products/tour/editions/', { autoincrement: true, mode: 'manual' });
    await ask('POST', '/products/tour/dashboard', {});
    await ask('DELETE', `/editions/${renamed}`);
    await ask('DELETE', `/builds/${branch.id}`);
    await atRest(keeper, main);
  }

  async function idOf(slug: string): Promise<number> {
    const { id } = await keeper
      .knex('editions')
      .join('products', 'products.id', 'editions.product_id')
      .where({ 'products.slug': 'tour', 'editions.slug': slug })
      .first<{ id: number }>('editions.id');
    return id;
  }

  /** With their values, or as PostgreSQL may plan a prepared statement: once, for all values. */
  async function plansOf(
    statements: RecordedStatements['statements'],
    plan: 'custom' | 'generic' = 'custom',
  ): Promise<readonly Planned[]> {
    const client = new pg.Client({ connectionString: keeper.database.url });
    await client.connect();
    const planned: Planned[] = [];
    for (const [text, values] of statements) {
      const { rows } = await client.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>(
        plan === 'generic'
          ? { text: `EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${text}` }
          : { text: `EXPLAIN (FORMAT JSON) ${text}`, values: [...values] },
      );
      planned.push({ text, plans: rows.flatMap((row) => row['QUERY PLAN'].map(({ Plan }) => Plan)) });
    }
    await client.end();
    return planned;
  }

  async function offences(...statements: Parameters<typeof plansOf>): Promise<readonly string[]> {
    const partial = await partialIndexes(keeper.knex);
    return (await plansOf(...statements)).flatMap(({ text, plans }) => {
      const tables = plans.flatMap((plan) => readWhole(plan, partial));
      if (tables.length === 0) return [];
      return [`reads all of ${tables.join(', ')}: ${text.replace(/\s+/g, ' ').trim()}`];
    });
  }

  /** The large tables that a plan scans completely, also through an index that has every row. */
  function readWhole(node: PlanNode, partial: ReadonlySet<string>): readonly string[] {
    const { 'Node Type': type, 'Relation Name': table = '', 'Index Name': index = '', Plans = [] } = node;
    const isWhole =
      type === 'Seq Scan' ||
      (/^Index (Only )?Scan/.test(type) && node['Index Cond'] === undefined && !partial.has(index));
    return [...(isWhole && large.has(table) ? [table] : []), ...Plans.flatMap((child) => readWhole(child, partial))];
  }

  it('plans no complete scan of a large table', async () => {
    await startTestWorker(keeper, {
      manifestSlots: 1,
      dashboard: 'built-in',
      deletion: { deprecatedAfterDays: 0, abandonedUploadHours: 1, abandonedUploads: true },
    });
    await tour();
    ofApi.stop();
    await keeper
      .knex('builds')
      .whereIn('product_id', keeper.knex('products').where({ slug: 'tour' }).select('id'))
      .update({ date_created: new Date(0) });
    await keeper.client.workflow.execute('Reconcile', { workflowId: 'pass', taskQueue: 'keeper' });
    await inspectBacklog(keeper.knex);
    const lookOnly = keeper.knex.transaction(async (trx) => {
      await openDashboardsTask(trx, { productIds: [1, 2, 3], baseUrl: 'http://localhost' });
      throw new Error('no worker builds them');
    });
    await assert.rejects(lookOnly, /no worker builds them/);
    await restingEditions(keeper.knex, { kind: 'sample', limit: 20 });
    await restingEditions(keeper.knex, { kind: 'page', after: 1_000, limit: 200 });
    recorded.stop();
    for (const table of large)
      assert.ok(
        [...recorded.statements.keys()].some((text) => new RegExp(`\\b${table}\\b`).test(text)),
        `the tour reads ${table}`,
      );
    assert.deepEqual(await offences(recorded.statements), []);
    assert.ok([...ofApi.statements.keys()].some((text) => text.includes('INSERT INTO rebuilds')));
    assert.deepEqual(await offences(ofApi.statements, 'generic'), []);
  });

  it('finds the editions that a build concerns without a scan of its whole product', async () => {
    const { statements, stop } = recordStatements(keeper.database.name);
    await editionsThatMayTrack(keeper.knex, 7, ['branch-7']);
    stop();
    const [{ plans } = assert.fail('no statement was sent')] = await plansOf(statements);
    assert.deepEqual(plans.flatMap(indexesOf).sort(), ['editions_tracked_refs_idx', 'editions_tracking_idx']);
  });

  it('reports a complete scan when no index fits', async () => {
    const { statements, stop } = recordStatements(keeper.database.name);
    await keeper.knex('editions').where({ title: 'One of many' }).select('id');
    stop();
    const [offence, ...others] = await offences(statements);
    assert.match(offence ?? '', /^reads all of editions: select "id" from "editions" where "title"/);
    assert.deepEqual(others, []);
  });
});
