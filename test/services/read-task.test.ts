import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { recordDashboardAttempt } from '../../src/db/protocol/dashboard.js';
import type { DeclaredRebuild } from '../../src/db/protocol/declare.js';
import { openTask } from '../../src/db/protocol/open-task.js';
import { finishEvent, nextEvent } from '../../src/db/queries/edition-events.js';
import { noCounts } from '../../src/domain/copy-counts.js';
import { noSpeed } from '../../src/domain/copy-speed.js';
import { LtdError } from '../../src/domain/errors.js';
import type { LiveActivity, LiveRebuild, RebuildObserver } from '../../src/services/ports.js';
import type { TaskView } from '../../src/services/read-task.js';
import { type ReadTaskInput, TaskWatches } from '../../src/services/task-watches.js';
import type { EventDelivery, RebuildStatus } from '../../src/workflows/contract.js';
import { productRow, type ProtocolWorld, startProtocolWorld, type TestEdition } from '../support/protocol.js';

/** Temporal's answer about the run of each edition; an error when it does not answer. */
type Runs = Readonly<Record<number, LiveRebuild | Error>>;

describe('readTask', () => {
  let world: ProtocolWorld;
  let edition: TestEdition;
  let build: number;
  let taskId: string;

  before(async () => {
    world = await startProtocolWorld();
  });

  beforeEach(async () => {
    edition = await world.edition();
    build = await edition.build();
    ({ taskId } = await edition.declare(build));
  });

  after(async () => {
    await world.close();
  });

  const read = (runs: Runs = {}, changes: Partial<ReadTaskInput> = {}): Promise<TaskView> =>
    new TaskWatches({ knex: world.knex, observer: observerOf(runs) }).read({
      taskId,
      waitSeconds: 0,
      signal: new AbortController().signal,
      ...changes,
    });
  const dashboard = async (of: TestEdition, result: 'built' | 'failed'): Promise<void> => {
    const { productId } = of;
    const { dashboard_generation: generation } = await productRow(world.knex, productId);
    const attempt = result === 'built' ? { result } : { result, error: 'the dashboard failed' };
    await world.run((trx) => recordDashboardAttempt(trx, { productId, generation }, attempt));
  };

  for (const id of [randomUUID(), 'no uuid', ''])
    it(`finds no task with the id '${id}'`, async () => {
      await assert.rejects(read({}, { taskId: id }), { code: 'not_found', message: 'invalid resource URI' });
    });

  describe('a rebuild that has not begun', () => {
    it('reports PENDING before a rebuild begins', async () => {
      const task = await read();
      assert.deepEqual(
        [task.id, task.status, task.phase, task.startedAt, task.finishedAt, task.stale],
        [taskId, 'PENDING', 'waiting to start', null, null, false],
      );
      assert.deepEqual([task.dashboard, task.dashboardError, task.etaSeconds], ['waiting', null, null]);
      assert.deepEqual(task.editions, [
        {
          editionId: edition.id,
          buildId: build,
          outcome: null,
          error: null,
          counts: null,
          supersededByBuildId: null,
          activity: null,
          pause: null,
          isPurgePending: false,
          live: null,
        },
      ]);
    });
  });

  describe('a rebuild under way', () => {
    beforeEach(async () => {
      await edition.begin();
    });

    it("reports STARTED with the row's progress when no run is open", async () => {
      const task = await read();
      assert.deepEqual([task.status, task.phase, task.stale], ['STARTED', 'rebuilding', false]);
      const [rebuild] = await edition.rebuilds();
      assert.deepEqual(task.startedAt, rebuild?.started_at);
    });

    it('reports the phase of the run, the live counts and the activity', async () => {
      const activity = anActivity({ attempt: 1 });
      const counts = { ...noCounts, objects_total: 10, objects_done: 5 };
      const task = await read({ [edition.id]: aRun({ phase: 'copying', counts, activity }) });
      assert.deepEqual([task.status, task.phase, task.stale], ['STARTED', 'copying', false]);
      assert.deepEqual([task.editions[0]?.counts, task.editions[0]?.activity], [counts, activity]);
    });

    it('reports RETRY while a failed attempt waits for the next', async () => {
      const activity = anActivity({ attempt: 3, lastError: 'SlowDown', nextRetryAt: new Date() });
      const task = await read({ [edition.id]: aRun({ activity }) });
      assert.deepEqual([task.status, task.editions[0]?.activity], ['RETRY', activity]);
    });

    it('reports STARTED again while the next attempt runs', async () => {
      const activity = anActivity({ attempt: 3, lastError: 'SlowDown', nextRetryAt: null });
      assert.equal((await read({ [edition.id]: aRun({ activity }) })).status, 'STARTED');
    });

    it("reports the row's progress, and that it is stale, when Temporal does not answer", async () => {
      const away = new LtdError('unavailable', 'Temporal did not answer within 1000 ms.');
      const task = await read({ [edition.id]: away });
      assert.deepEqual([task.status, task.phase, task.stale], ['STARTED', 'rebuilding', true]);
    });

    it('reports the last counts, and that they are stale, when no worker answers', async () => {
      const counts = { ...noCounts, objects_total: 10 };
      const task = await read({ [edition.id]: { ...aRun({ counts }), status: null } });
      assert.deepEqual([task.phase, task.stale, task.editions[0]?.counts], ['rebuilding', true, counts]);
    });

    it('reports who paused the run, also a run for an older generation, and is not stale', async () => {
      const pause = 'somebody paused the workflow';
      for (const run of [{ ...aRun({ pause }), status: null }, aRun({ pause, generation: 7 })]) {
        const task = await read({ [edition.id]: run });
        assert.deepEqual([task.stale, task.editions[0]?.pause], [false, pause]);
      }
    });

    it('ignores the progress of a run for another generation', async () => {
      const run = aRun({ generation: 7, counts: noCounts, activity: anActivity({}) });
      const task = await read({ [edition.id]: run });
      assert.deepEqual([task.phase, task.editions[0]?.counts, task.editions[0]?.activity], ['rebuilding', null, null]);
    });

    it('reports the phase of a run that looks for its next plan', async () => {
      assert.equal((await read({ [edition.id]: aRun({ generation: null, phase: 'looking' }) })).phase, 'looking');
    });

    it("reports the copy's speed, its remaining time and what it waits for", async () => {
      const live = {
        objects_per_second: 20,
        bytes_per_second: 1_000,
        eta_seconds: 300,
        waiting_for: 'throttled',
      } as const;
      const task = await read({ [edition.id]: aRun({ live }) });
      assert.deepEqual([task.editions[0]?.live, task.etaSeconds], [live, 300]);
    });

    it('reports no remaining time when no copy is under way', async () => {
      const counts = { ...noCounts, objects_total: 400, objects_done: 100 };
      const task = await read({ [edition.id]: aRun({ counts }) });
      assert.deepEqual([task.editions[0]?.live, task.etaSeconds], [null, null]);
    });
  });

  describe('a rebuild that has ended', () => {
    it('reports STARTED until an attempt at the dashboard has ended', async () => {
      await edition.carryOut(await edition.begin(), { counts: { ...noCounts, objects_total: 3 } });
      const task = await read();
      assert.deepEqual(
        [task.status, task.phase, task.dashboard, task.finishedAt],
        ['STARTED', 'building the dashboard', 'waiting', null],
      );
      assert.equal(task.editions[0]?.outcome, 'published');
      assert.equal(task.editions[0].counts?.objects_total, 3);
    });

    it('reports the outcome of a later rebuild of the same build', async () => {
      await edition.declare(build);
      await edition.settle('published');
      const task = await read();
      const [rebuild] = task.editions;
      assert.deepEqual([rebuild?.outcome, rebuild?.supersededByBuildId], ['published', null]);
      assert.equal(task.status, 'STARTED');
      await dashboard(edition, 'built');
      assert.equal((await read()).status, 'SUCCESS');
    });

    it('names the build that superseded it', async () => {
      const newer = await edition.build();
      await edition.declare(newer);
      await edition.carryOut(await edition.begin());
      const [rebuild] = (await read()).editions;
      assert.deepEqual([rebuild?.outcome, rebuild?.supersededByBuildId], ['superseded', newer]);
    });
  });

  describe('a task of several editions', () => {
    it('queries the open runs only, at most twenty', async () => {
      const productId = await world.product();
      const editions = await Promise.all(Array.from({ length: 22 }, () => world.edition(productId)));
      const shared = await editions[0]?.build();
      assert.ok(shared !== undefined);
      const rebuilds: DeclaredRebuild[] = [];
      for (const each of editions) rebuilds.push(await each.declare(shared));
      await editions[0]?.settle('reset');
      ({ taskId } = await world.run((trx) => openTask(trx, { productId, rebuilds })));
      const asked: number[] = [];
      const observer = observerOf({}, asked);
      const signal = new AbortController().signal;
      const task = await new TaskWatches({ knex: world.knex, observer }).read({
        taskId,
        waitSeconds: 0,
        signal,
      });
      const ids = editions.map(({ id }) => id).sort((a, b) => a - b);
      const open = ids.filter((id) => id !== editions[0]?.id);
      assert.deepEqual(asked, open.slice(0, 20));
      assert.deepEqual(
        task.editions.map(({ editionId }) => editionId),
        ids,
      );
      assert.equal(task.status, 'STARTED', 'one of them has ended');
    });

    it('begins with the first rebuild and takes as long as the slowest', async () => {
      const other = await world.edition(edition.productId);
      const first = await edition.declare(build);
      const second = await other.declare(build);
      const rebuilds = [first, second];
      ({ taskId } = await world.run((trx) => openTask(trx, { productId: edition.productId, rebuilds })));
      const [early, late] = [new Date(Date.now() - 100_000), new Date(Date.now() - 10_000)];
      await world.knex('rebuilds').where({ id: first.rebuildId }).update({ started_at: late });
      await world.knex('rebuilds').where({ id: second.rebuildId }).update({ started_at: early });
      const live = { ...noSpeed, waiting_for: null };
      const task = await read({
        [edition.id]: aRun({ generation: 2, live: { ...live, eta_seconds: 7 } }),
        [other.id]: aRun({ generation: 1, live: { ...live, eta_seconds: 100 } }),
      });
      assert.deepEqual([task.startedAt, task.etaSeconds], [early, 100]);
    });
  });

  describe('a task that is only a dashboard', () => {
    beforeEach(async () => {
      const { productId } = edition;
      ({ taskId } = await world.run((trx) => openTask(trx, { productId, rebuilds: [] })));
    });

    it('reports PENDING before the first attempt at a dashboard', async () => {
      const task = await read();
      assert.deepEqual(
        [task.status, task.phase, task.dashboard, task.startedAt],
        ['PENDING', 'building the dashboard', 'waiting', null],
      );
    });

    it('reports RETRY, with the reason, after a failed attempt at a dashboard', async () => {
      await dashboard(edition, 'failed');
      const task = await read();
      assert.deepEqual(
        [task.status, task.dashboard, task.dashboardError],
        ['RETRY', 'retrying', 'the dashboard failed'],
      );
    });
  });

  describe('a finished task', () => {
    beforeEach(async () => {
      await edition.carryOut(await edition.begin(), { counts: { ...noCounts, objects_total: 3 } });
      await dashboard(edition, 'built');
    });

    it('answers a finished task from its row without a query to Temporal', async () => {
      const asked: number[] = [];
      const observer = observerOf({}, asked);
      const signal = new AbortController().signal;
      const task = await new TaskWatches({ knex: world.knex, observer }).read({
        taskId,
        waitSeconds: 30,
        signal,
      });
      assert.deepEqual(
        [task.status, task.phase, task.dashboard, task.dashboardError, task.stale, task.etaSeconds],
        ['SUCCESS', 'finished', 'built', null, false, null],
      );
      const [rebuild] = await edition.rebuilds();
      assert.deepEqual(task.startedAt, rebuild?.started_at);
      assert.ok(task.finishedAt instanceof Date);
      assert.deepEqual(task.editions, [
        {
          editionId: edition.id,
          buildId: build,
          outcome: 'published',
          error: null,
          counts: { ...noCounts, objects_total: 3 },
          supersededByBuildId: null,
          activity: null,
          pause: null,
          isPurgePending: false,
          live: null,
        },
      ]);
      assert.deepEqual(asked, []);
    });

    it('reports the same status of a finished task forever', async () => {
      const before = await read();
      await edition.publish();
      await dashboard(edition, 'built');
      assert.deepEqual(await read(), before);
    });
  });

  describe('a publication with an event', () => {
    const carryOut = async (): Promise<void> => {
      await edition.carryOut(await edition.begin(), { events: { baseUrl: null } });
    };
    const deliver = async (delivery: EventDelivery): Promise<void> => {
      const event = await nextEvent(world.knex, edition.id);
      await finishEvent(world.knex, event?.id ?? '', delivery);
    };
    const told = async (): Promise<unknown[]> => {
      const { status, events } = await read();
      return [status, events.state, events.error];
    };

    it('reports whether the event was delivered, also after the end of the task', async () => {
      assert.deepEqual(await told(), ['PENDING', 'none', null]);
      await carryOut();
      assert.deepEqual(await told(), ['STARTED', 'waiting', null]);
      await dashboard(edition, 'built');
      assert.deepEqual(await told(), ['SUCCESS', 'waiting', null]);
      await deliver({ outcome: 'delivered' });
      assert.deepEqual(await told(), ['SUCCESS', 'delivered', null]);
    });

    it('reports why the receiver refused the event', async () => {
      await carryOut();
      await deliver({ outcome: 'rejected', error: 'HTTP 400' });
      assert.deepEqual(await told(), ['STARTED', 'rejected', 'HTTP 400']);
    });

    it('reports nothing about events of later publications', async () => {
      await carryOut();
      await deliver({ outcome: 'delivered' });
      await edition.declare(await edition.build());
      await carryOut();
      assert.deepEqual(await told(), ['STARTED', 'delivered', null]);
    });
  });

  describe('reading a task with `wait`', () => {
    it('answers as soon as the task ends', async () => {
      const answer = read({}, { waitSeconds: 3_600 });
      await edition.settle('reset');
      await dashboard(edition, 'built');
      assert.equal((await answer).status, 'REVOKED');
    });

    it('answers the current state when the time is up', async () => {
      assert.equal((await read({}, { waitSeconds: 0.2 })).status, 'PENDING');
    });

    it('answers at once when the client is gone or the process stops', async () => {
      const stopping = new AbortController();
      const answer = read({}, { waitSeconds: 3_600, signal: stopping.signal });
      stopping.abort();
      assert.equal((await answer).status, 'PENDING');
    });
  });
});

function observerOf(runs: Runs, asked: number[] = []): RebuildObserver {
  return {
    observe: (id) => {
      asked.push(id);
      const run = runs[id];
      return run instanceof Error ? Promise.reject(run) : Promise.resolve(run ?? null);
    },
    stateOf: () => assert.fail('not asked for a task'),
  };
}

function anActivity(changes: Partial<LiveActivity>): LiveActivity {
  return { type: 'copyBuild', attempt: 1, lastError: null, nextRetryAt: null, ...changes };
}

function aRun({
  counts = null,
  activity = null,
  live = null,
  pause = null,
  ...changes
}: Partial<Pick<LiveRebuild, 'counts' | 'activity' | 'live' | 'pause'>> & Partial<RebuildStatus>): LiveRebuild {
  const status = {
    phase: 'copying',
    generation: 1,
    build: null,
    restore: false,
    counts,
    ...changes,
  } as const;
  return { status, pause, counts, planId: 'the plan', activity, live };
}
