import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { recordDashboardAttempt } from '../../src/db/protocol/dashboard.js';
import { createKnex } from '../../src/db/knex.js';
import type { RebuildObserver } from '../../src/services/ports.js';
import type { TaskView } from '../../src/services/read-task.js';
import { TaskWatches } from '../../src/services/task-watches.js';
import { startTestApi } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import { productRow, type ProtocolWorld, startProtocolWorld, type TestEdition } from '../support/protocol.js';

/** Longer than any test takes, in seconds. */
const untilTheEnd = 3_600;

describe('TaskWatches', () => {
  let world: ProtocolWorld;
  let edition: TestEdition;
  let taskId: string;
  let watches: TaskWatches;
  let observed: number;

  before(async () => {
    world = await startProtocolWorld();
  });
  after(() => world.close());

  beforeEach(async () => {
    edition = await world.edition();
    ({ taskId } = await edition.declare(await edition.build()));
    observed = 0;
    const observer: RebuildObserver = {
      observe: () => Promise.resolve(null).finally(() => (observed += 1)),
      stateOf: () => assert.fail('not asked for a task'),
    };
    watches = new TaskWatches({ knex: world.knex, observer });
  });

  afterEach(() => {
    assert.equal(watches.size, 0);
  });

  /** Starts this many requests that wait for the task. */
  const wait = (
    count: number,
    { waitSeconds = untilTheEnd, stopping = [] as AbortController[] } = {},
  ): Promise<TaskView>[] =>
    Array.from({ length: count }, () => {
      const controller = new AbortController();
      stopping.push(controller);
      return watches.read({ taskId, waitSeconds, signal: controller.signal });
    });
  const endTask = async (): Promise<void> => {
    const { productId } = edition;
    await edition.settle('reset');
    const { dashboard_generation: generation } = await productRow(world.knex, productId);
    await world.run((trx) => recordDashboardAttempt(trx, { productId, generation }, { result: 'built' }));
  };
  /** Runs `work` and counts the statements that read rows meanwhile. */
  const countReads = async (work: (reads: () => number) => Promise<void>): Promise<number> => {
    let count = 0;
    const note = ({ sql }: { readonly sql: string }): void => {
      if (sql.startsWith('select')) count += 1;
    };
    world.knex.on('query', note);
    await work(() => count).finally(() => world.knex.removeListener('query', note));
    return count;
  };
  /** The number of reads of this many waiting requests, from start to answer, over the same number of polls. */
  const costOf = (requests: number): Promise<number> =>
    countReads(async (reads) => {
      const answers = wait(requests);
      await eventually('looks at the task', () => Promise.resolve(reads() >= 20));
      await endTask();
      const statuses = (await Promise.all(answers)).map(({ status }) => status);
      assert.deepEqual(new Set(statuses), new Set(['REVOKED']));
    });

  it('answers 200 requests that wait for one task with about the reads of one', async () => {
    const one = await costOf(1);
    ({ taskId } = await edition.declare(await edition.build()));
    const many = await costOf(200);
    assert.ok(many < 3 * one, `one request cost ${one} reads, 200 requests cost ${many}`);
  });

  it('reads the open task once for requests whose time is up together', async () => {
    const reads = await countReads(async () => {
      for (const task of await Promise.all(wait(200, { waitSeconds: 0.3 }))) assert.equal(task.status, 'PENDING');
    });
    assert.ok(observed < 20, `${observed} observations`);
    assert.ok(reads < 200, `${reads} reads`);
  });

  it('answers each request when its own time is up, and the others at the end of the task', async () => {
    const [patient] = wait(1);
    const [hasty] = wait(1, { waitSeconds: 0.05 });
    assert.equal((await hasty)?.status, 'PENDING');
    assert.equal(watches.size, 1);
    await endTask();
    assert.equal((await patient)?.status, 'REVOKED');
  });

  it('answers all requests with the current state when the process stops', async () => {
    const stopping: AbortController[] = [];
    const answers = wait(200, { stopping });
    for (const controller of stopping) controller.abort();
    for (const task of await Promise.all(answers)) assert.equal(task.status, 'PENDING');
    assert.ok(observed < 20, `${observed} observations`);
  });

  it('refuses every request for an unknown task', async () => {
    for (taskId of [randomUUID(), 'no uuid'])
      for (const answer of wait(3)) await assert.rejects(answer, { code: 'not_found' });
  });

  it('passes a failed poll to every waiting request, and polls again for the next one', async () => {
    const knex = createKnex({ url: world.database.url });
    const observer: RebuildObserver = { observe: () => assert.fail(), stateOf: () => assert.fail() };
    watches = new TaskWatches({ knex, observer });
    const answers = wait(3);
    await knex.destroy();
    for (const answer of answers) await assert.rejects(answer, /Unable to acquire a connection/);
    await assert.rejects(wait(1)[0] ?? assert.fail(), /Unable to acquire a connection/);
  });

  it('stops polling for clients that are gone, and answers those that stay', async () => {
    const api = await startTestApi({ tasks: watches });
    try {
      const url = `${api.baseUrl}/queue/${taskId}?wait=60`;
      const [leaving, staying] = [new AbortController(), new AbortController()];
      const gone = [1, 2, 3].map(() => fetch(url, { signal: leaving.signal }));
      const stayed = fetch(url, { signal: staying.signal });
      await eventually('the watch', () => Promise.resolve(watches.size === 1));
      leaving.abort();
      for (const request of gone) await assert.rejects(request, { name: 'AbortError' });
      await endTask();
      assert.equal(((await (await stayed).json()) as { status: string }).status, 'REVOKED');
      ({ taskId } = await edition.declare(await edition.build()));
      const last = fetch(`${api.baseUrl}/queue/${taskId}?wait=60`, { signal: staying.signal });
      await eventually('the watch', () => Promise.resolve(watches.size === 1));
      staying.abort();
      await assert.rejects(last, { name: 'AbortError' });
      await eventually('the end of the watch', () => Promise.resolve(watches.size === 0));
    } finally {
      await api.close();
    }
  });
});
