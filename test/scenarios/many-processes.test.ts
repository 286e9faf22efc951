import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import proto from '@temporalio/proto';
import { mapEach } from '../../src/process/limits.js';
import { Rebuild } from '../../src/db/models/rebuild.js';
import { workflowTypes } from '../../src/workflows/contract.js';
import { withApiProcesses } from '../support/api-processes.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import {
  announce,
  atRest,
  contents,
  makeBuild,
  makeProduct,
  pages,
  type ScenarioBuild,
  slowCopies,
  taskEnd,
} from '../support/scenario.js';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.js';

const edition = 1;
const product = 'pipelines';
const runsOfEditions = `WorkflowType = "${workflowTypes.rebuildEdition}"`;
const wokenMeanwhile = proto.temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND;

/** Editions that one build updates. 1,000 take minutes of CPU, most of them in Temporal's development server. */
const manyEditions = Number(process.env['MANY_EDITIONS'] ?? 100);

/**
 * Builds that are completed one after the other, with a pause, while each copy takes five times `copy`. In
 * milliseconds.
 */
const stream =
  process.env['LONG_STREAM'] === '1'
    ? { builds: 60, pause: 1_000, copy: 4_000 }
    : { builds: 30, pause: 250, copy: 400 };

/** In milliseconds. */
const timeoutMs = 300_000 + 1_000 * manyEditions;

/** Concurrent copies of a worker. */
const copySlots = 4;

/** A copy in the log of its worker. */
interface Copy {
  readonly time: string;
  readonly generation: number;
  readonly plan: string;
}

describe('two processes of the API and three workers', function () {
  this.timeout(timeoutMs);
  let keeper: TestKeeper;
  let workers: readonly WorkerProcess[];

  before(async () => {
    keeper = await startTestKeeper();
    // One object at a time, so that slow copies give a copy of a known length.
    const settings = { LTD_COPY_CONCURRENCY: '1', LTD_COPY_SLOTS: String(copySlots) };
    workers = await Promise.all([1, 2, 3].map(() => startWorkerProcess(keeper, settings)));
    keeper = await withApiProcesses(keeper, 2);
    await makeProduct(keeper, product);
  });

  after(async () => {
    await keeper.close();
  });

  async function makeBuilds(count: number, name: string): Promise<readonly ScenarioBuild[]> {
    const builds: ScenarioBuild[] = [];
    await mapEach(Array.from({ length: count }), 10, async () => {
      builds.push(await makeBuild(keeper, product, {}));
    });
    await mapEach(builds, 10, async (build) => {
      for (const [path, content] of Object.entries(pages(5, `${name} ${build.id}`)))
        await keeper.bucket.put(build.prefix + path, content);
    });
    return builds.toSorted((one, other) => one.id - other.id);
  }

  /** The copies that began for generations after this one, in order, each plan once. */
  async function copiesAfter(generation: number): Promise<readonly Copy[]> {
    const lines = (await Promise.all(workers.map((worker) => worker.logged('copy begins')))).flat();
    const copies = new Map(
      lines
        .map((line) => ({
          time: String(line['time']),
          generation: Number(line['generation']),
          plan: String(line['plan_id']),
        }))
        .toSorted((one, other) => (one.time < other.time ? -1 : 1))
        .map((copy) => [copy.plan, copy] as const),
    );
    return [...copies.values()].filter((copy) => copy.generation > generation);
  }

  async function generation(): Promise<number> {
    const row = await keeper.knex('editions').where({ id: edition }).first<{ generation: number }>();
    return row.generation;
  }

  /** The outcomes of the generations after this one, from their rows. */
  async function outcomesAfter(since: number): Promise<ReadonlyMap<number, string | null>> {
    const rows = await Rebuild.query(keeper.knex)
      .where('edition_id', edition)
      .where('generation', '>', since)
      .orderBy('generation');
    return new Map(rows.map((row) => [row.generation, row.outcome]));
  }

  it('gives each build its own number, however many are registered at once', async () => {
    const builds = await makeBuilds(20, 'numbered');
    assert.equal(new Set(builds.map(({ slug }) => slug)).size, 20);
  });

  it('publishes the newest of 100 concurrent builds with few copies, and reports each outcome', async () => {
    const before = await generation();
    const builds = await makeBuilds(100, 'burst');
    const hurry = slowCopies(keeper, 100);
    const tasks = await Promise.all(builds.map((build) => announce(keeper, build)));
    const newest = builds.at(-1);
    // The others have ended by then, except for dashboards; the test need not wait for all of them.
    await taskEnd(keeper, tasks.at(-1) ?? '', timeoutMs);
    hurry();
    const ends = [];
    for (const task of tasks) ends.push(await taskEnd(keeper, task, timeoutMs));
    const { published_build_url: published } = await atRest(keeper, edition);
    // Each process answers with its own address.
    assert.equal(published?.split('/').at(-1), String(newest?.id));
    assert.deepEqual(await contents(keeper, `${product}/v/main/`), pages(5, `burst ${newest?.id}`));
    for (const { status, metadata } of ends) {
      // A build that was completed after a newer one only updates the dashboard.
      const outcome = metadata.editions[0]?.outcome ?? 'none';
      assert.equal(status, outcome === 'superseded' ? 'REVOKED' : 'SUCCESS', outcome);
    }
    const outcomes = [...(await outcomesAfter(before)).values()];
    const told = ends.flatMap(({ metadata }) => metadata.editions.map(({ outcome }) => outcome));
    assert.deepEqual(told.toSorted(), outcomes.toSorted());
    const copies = await copiesAfter(before);
    assert.ok(copies.length <= 10, `${copies.length} copies`);
  });

  it('publishes at least every second copy while builds arrive faster than they can be copied', async () => {
    const before = await generation();
    const builds = await makeBuilds(stream.builds, 'stream');
    const hurry = slowCopies(keeper, stream.copy);
    const tasks: string[] = [];
    for (const build of builds) {
      tasks.push(await announce(keeper, build));
      await sleep(stream.pause);
    }
    hurry();
    const last = await taskEnd(keeper, tasks.at(-1) ?? '', timeoutMs);
    assert.equal(last.status, 'SUCCESS');
    await atRest(keeper, edition);
    const outcomes = await outcomesAfter(before);
    const copies = await copiesAfter(before);
    const published = copies.map((copy) => outcomes.get(copy.generation) === 'published');
    assert.ok(published.filter(Boolean).length > 1, 'only the last one was published');
    const runs = published.map((is, index) => is || (published[index + 1] ?? true));
    assert.ok(runs.every(Boolean), `two copies in a row were given up: ${JSON.stringify(published)}`);
  });

  it('publishes one build in very many tracking editions of a product, a few at a time', async () => {
    const editions = await addEditions(keeper, { product: 'wide', count: manyEditions, tracking: 'wide' });
    const build = await makeBuild(keeper, 'wide', pages(2, 'wide'), ['wide']);
    const writers = watchWriters(keeper);
    const task = await taskEnd(keeper, await announce(keeper, build), timeoutMs);
    const most = await writers.end();
    assert.equal(task.status, 'SUCCESS');
    assert.deepEqual(
      task.metadata.editions.map(({ outcome }) => outcome),
      editions.map(() => 'published'),
    );
    const ends = await keeper
      .knex('editions')
      .whereIn('id', [...editions])
      .distinct('generation', 'settled_generation', 'dirty', 'writer_id', 'published_build_id');
    const rest = { generation: 1, settled_generation: 1, dirty: false, writer_id: null };
    assert.deepEqual(ends, [{ ...rest, published_build_id: build.id }]);
    // Beside its pages, each has the object that redirects from its directory.
    assert.equal((await keeper.bucket.keys('wide/v/edition-')).length, editions.length * 3);
    assert.ok(most > 1 && most <= workers.length * copySlots, `${most} copies at a time`);
  });

  it('causes no deadlock and no failed workflow task', async () => {
    const { rows } = await keeper.knex.raw<{ rows: { deadlocks: string }[] }>(
      'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    );
    assert.equal(rows[0]?.deadlocks, '0');
    for await (const { workflowId, runId } of keeper.client.workflow.list({ query: runsOfEditions })) {
      const { events } = await keeper.client.workflow.getHandle(workflowId, runId).fetchHistory();
      const failed = (events ?? []).flatMap((event) => event.workflowTaskFailedEventAttributes ?? []);
      // A run that is signalled while it is about to end is retried, which is normal.
      assert.deepEqual(
        failed.filter(({ cause }) => cause !== wokenMeanwhile),
        [],
      );
    }
  });
});

/** Inserts a product with this many tracking editions of a branch into the database; returns their ids. */
async function addEditions(
  keeper: TestKeeper,
  { product: slug, count, tracking }: { product: string; count: number; tracking: string },
): Promise<readonly number[]> {
  await makeProduct(keeper, slug);
  const { rows } = await keeper.knex.raw<{ rows: { edition_id: number }[] }>(
    `WITH added AS (
       INSERT INTO editions (product_id, slug, title, mode, tracked_refs, surrogate_key, base_url)
       SELECT products.id, 'edition-' || n, n::text, 'git_refs', jsonb_build_array(:tracking::text), md5(n::text),
         :baseUrl
       FROM products, generate_series(1, :count::int) AS n WHERE products.slug = :slug
       RETURNING product_id, slug, id
     )
     INSERT INTO held_slugs (product_id, slug, edition_id) SELECT product_id, slug, id FROM added RETURNING edition_id`,
    { slug, count, tracking, baseUrl: keeper.baseUrl },
  );
  return rows.map(({ edition_id: id }) => id);
}

/** Counts, until it is ended, how many editions are written to at a time; returns the maximum. */
function watchWriters({ knex }: TestKeeper): { readonly end: () => Promise<number> } {
  const stopping = new AbortController();
  const watch = async (): Promise<number> => {
    let most = 0;
    while (!stopping.signal.aborted) {
      const writers = await knex('editions').whereNotNull('writer_id').select('id');
      most = Math.max(most, writers.length);
      await sleep(50);
    }
    return most;
  };
  const watching = watch();
  return {
    end: () => {
      stopping.abort();
      return watching;
    },
  };
}
