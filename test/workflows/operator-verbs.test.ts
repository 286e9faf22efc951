import assert from 'node:assert/strict';
import { noCounts } from '../../src/domain/copy-counts.js';
import { checkPauses, checkWorkers } from '../../src/doctor/check-temporal.js';
import { countPausedRuns } from '../../src/integrations/temporal/pauses.js';
import { ensureReconcileSchedule } from '../../src/integrations/temporal/reconcile-schedule.js';
import { copyActivityId, reconcileScheduleId, rebuildWorkflowId, taskQueues } from '../../src/workflows/contract.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import {
  announce,
  atRest,
  contents,
  copyBegun,
  makeBuild,
  makeProduct,
  pages,
  readTaskOnce,
  type ScenarioBuild,
  slowCopies,
  taskEnd,
} from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

const edition = 1;
const product = 'pipelines';
const rebuild = ['--workflow-id', rebuildWorkflowId(edition)];
const copy = [...rebuild, '--activity-id', copyActivityId];
const removal = [...rebuild, '--activity-id', 'remove'];
const why = ['--queue-rps-limit-reason', 'test'];
const copyQueue = ['--task-queue', taskQueues.copy, '--task-queue-type', 'activity'];

/** An operator's command in mid-copy, and the command that reverts it. */
interface Verb {
  readonly what: string;
  readonly type: readonly string[];
  readonly thenType?: readonly string[];
  /** The task's text about a pause until `thenType`. */
  readonly shows?: string;
  /** The end of the task; SUCCESS when the command only delays it. */
  readonly end: 'SUCCESS' | 'FAILURE';
}

const verbs: readonly Verb[] = [
  {
    what: 'pauses the copy and lets it go on',
    type: ['activity', 'pause', ...copy, '--reason', 'the store moves'],
    shows:
      'paused the activity copyBuild of rebuild-edition-1 (the store moves). To go on: ' +
      'temporal activity unpause --workflow-id rebuild-edition-1 --activity-id copy',
    thenType: ['activity', 'unpause', ...copy],
    end: 'SUCCESS',
  },
  { what: 'resets the copy', type: ['activity', 'reset', ...copy], end: 'SUCCESS' },
  {
    what: "changes the copy's options",
    type: ['activity', 'update-options', ...copy, '--heartbeat-timeout', '20s'],
    end: 'SUCCESS',
  },
  {
    what: 'fails the copy by hand',
    type: ['activity', 'fail', ...copy, '--reason', 'by hand'],
    end: 'FAILURE',
  },
  {
    what: 'pauses the run and lets it go on',
    type: ['workflow', 'pause', ...rebuild, '--reason', 'the store moves'],
    shows:
      'paused the workflow rebuild-edition-1 (the store moves). To go on: ' +
      'temporal workflow unpause --workflow-id rebuild-edition-1',
    thenType: ['workflow', 'unpause', ...rebuild],
    end: 'SUCCESS',
  },
  {
    what: 'resets the run to its start',
    type: ['workflow', 'reset', ...rebuild, '--type', 'FirstWorkflowTask', '--reason', 'test'],
    end: 'SUCCESS',
  },
  {
    what: 'resets the run to its last workflow task',
    type: ['workflow', 'reset', ...rebuild, '--type', 'LastWorkflowTask', '--reason', 'test'],
    end: 'SUCCESS',
  },
  {
    what: 'signals the run by hand, with nothing in the signal',
    type: ['workflow', 'signal', ...rebuild, '--name', 'wake'],
    end: 'SUCCESS',
  },
];

describe('operator commands during a rebuild', function () {
  this.timeout(180_000);
  let keeper: TestKeeper;
  const shown = (): Promise<Record<string, string>> => contents(keeper, `${product}/v/main/`);
  const temporal = (...args: readonly string[]): Promise<string> => keeper.temporal.temporal(...args);

  before(async () => {
    keeper = await startTestKeeper();
    await startTestWorker(keeper, { copy: { concurrency: 8 } });
    await makeProduct(keeper, product);
    await taskEnd(keeper, await announce(keeper, await makeBuild(keeper, product, { 'index.html': 'first' })));
  });

  after(async () => {
    await keeper.close();
  });

  /** A build none of whose objects equals one of another build. */
  async function newBuild(content: string): Promise<{ build: ScenarioBuild; site: Record<string, string> }> {
    const site = { 'index.html': content, ...pages(240, content) };
    return { site, build: await makeBuild(keeper, product, site) };
  }

  async function inMidCopy(
    content: string,
  ): Promise<{ task: string; site: Record<string, string>; hurry: () => void }> {
    // 240 pages, 8 at a time, 0.6 s each: 18 s for the commands, which start slowly on a busy machine.
    const hurry = slowCopies(keeper, 600);
    const { build, site } = await newBuild(content);
    const { faults, name: bucket } = keeper.bucket;
    const before = faults.log().at(-1)?.sequence;
    const task = await announce(keeper, build);
    await copyBegun(keeper, task);
    await eventually('the first object to be copied', () =>
      Promise.resolve(
        faults
          .log(before)
          .some((entry) => entry.bucket === bucket && entry.operation === 'CopyObject' && entry.status === 200),
      ),
    );
    return { task, site, hurry };
  }

  /** The texts of task, metric and doctor about a pause. */
  async function assertShown(task: string, pause: string): Promise<void> {
    const { status, metadata } = await readTaskOnce(keeper, task);
    const [shownPause] = metadata.editions;
    assert.ok(shownPause?.pause?.endsWith(pause), shownPause?.pause ?? 'no pause');
    assert.deepEqual(
      [status, metadata.stale, metadata.eta_seconds, shownPause?.waiting_for],
      ['STARTED', false, null, 'paused'],
    );
    await eventually('the pause to be counted', async () => (await countPausedRuns(keeper.client)) === 1);
    const [finding] = await checkPauses(keeper);
    assert.equal(finding?.status, 'warning');
    assert.ok(finding.message.replace(/\.$/, '').endsWith(pause), finding.message);
  }

  for (const { what, type, thenType, shows, end } of verbs)
    it(`leaves the edition whole and the task as ${end} when an operator ${what}`, async () => {
      const before = await shown();
      const { task, site, hurry } = await inMidCopy(what);
      await temporal(...type);
      if (shows !== undefined) await assertShown(task, shows);
      // A fast copy may end before its pause does.
      if (thenType !== undefined) await temporal(...thenType);
      hurry();
      assert.equal((await taskEnd(keeper, task, 120_000)).status, end);
      const row = await atRest(keeper, edition);
      assert.equal(row.pending_rebuild, false);
      assert.deepEqual(await shown(), end === 'SUCCESS' ? site : before);
    });

  it('shows the newest build when an operator resets a run that has given a copy up', async () => {
    const { task: givenUp, hurry } = await inMidCopy('given up');
    const { build, site } = await newBuild('the newest');
    const task = await announce(keeper, build);
    await copyBegun(keeper, task);
    const { events } = await keeper.client.workflow.getHandle(rebuildWorkflowId(edition)).fetchHistory();
    const completed = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
    assert.ok(completed.length > 3, 'the history has no event half-way');
    const middle = String(completed[Math.floor(completed.length / 2)]?.eventId);
    await temporal('workflow', 'reset', ...rebuild, '--event-id', middle, '--reason', 'test');
    hurry();
    assert.equal((await taskEnd(keeper, task, 120_000)).status, 'SUCCESS');
    assert.equal((await taskEnd(keeper, givenUp)).status, 'REVOKED');
    assert.equal((await atRest(keeper, edition)).published_build_url, build.url);
    assert.deepEqual(await shown(), site);
  });

  /** A build of one page, announced where many are shown; the request to delete those is held. */
  async function inMidRemoval(
    content: string,
  ): Promise<{ task: string; before: Record<string, string>; release: () => void }> {
    await taskEnd(keeper, await announce(keeper, (await newBuild(`before ${content}`)).build));
    const before = await shown();
    const { faults, name: bucket } = keeper.bucket;
    const hold = faults.addRule({ match: { bucket, operation: 'DeleteObjects' }, action: { kind: 'hold' } });
    const task = await announce(keeper, await makeBuild(keeper, product, { 'index.html': content }));
    await eventually('the removal to be on its way', () =>
      Promise.resolve(faults.stats().byOperation['DeleteObjects']?.inFlight === 1),
    );
    return {
      task,
      before,
      release: () => {
        faults.removeRule(hold.id);
      },
    };
  }

  it('publishes nothing when an operator completes the removal by hand, since nothing was verified', async () => {
    const { task, before, release } = await inMidRemoval('completed');
    await temporal('activity', 'complete', ...removal, '--result', JSON.stringify(noCounts));
    // The row does not prove it, so the run copies again.
    await copyBegun(keeper, task);
    assert.equal((await readTaskOnce(keeper, task)).metadata.editions[0]?.outcome, null);
    assert.deepEqual(Object.keys(await shown()), Object.keys(before));
    release();
    assert.equal((await taskEnd(keeper, task, 120_000)).status, 'SUCCESS');
    assert.deepEqual(await shown(), { 'index.html': 'completed' });
  });

  it('restores the published build when an operator fails the removal by hand', async () => {
    const { task, before, release } = await inMidRemoval('failed');
    await temporal('activity', 'fail', ...removal, '--reason', 'by hand');
    release();
    assert.equal((await taskEnd(keeper, task, 120_000)).status, 'FAILURE');
    await atRest(keeper, edition);
    assert.deepEqual(await shown(), before);
  });

  it('writes nothing while the copy queue is on hold', async () => {
    const before = await shown();
    await temporal('task-queue', 'config', 'set', ...copyQueue, '--queue-rps-limit', '0', ...why);
    const { build, site } = await newBuild('held');
    const task = await announce(keeper, build);
    await copyBegun(keeper, task);
    assert.equal((await readTaskOnce(keeper, `${task}?wait=3`)).status, 'STARTED');
    // The server's parts learn of the hold one after the other.
    const pause = await eventually('the hold to be shown', async () => {
      return (await readTaskOnce(keeper, task)).metadata.editions[0]?.pause ?? false;
    });
    assert.match(
      pause,
      /paused the task queue keeper-copy \(test\)\. To go on: temporal task-queue config set --task-queue keeper-copy /,
    );
    const held = await checkWorkers({ client: keeper.client, namespace: keeper.temporal.namespace });
    assert.ok(held.some(({ status, message }) => status === 'warning' && message.includes('keeper-copy (test)')));
    const { raw } = await keeper.client.workflow.getHandle(rebuildWorkflowId(edition)).describe();
    // A weekend without workers must not end it: the time in the queue has no limit.
    assert.deepEqual(
      raw.pendingActivities?.map(({ activityId, expirationTime }) => [activityId, expirationTime ?? null]),
      [[copyActivityId, null]],
    );
    assert.deepEqual(await shown(), before);
    await temporal('task-queue', 'config', 'set', ...copyQueue, '--queue-rps-limit', 'default');
    assert.equal((await taskEnd(keeper, task, 120_000)).status, 'SUCCESS');
    assert.deepEqual(await shown(), site);
  });

  it('reports a paused run in both tasks, and shows the newer build after the pause', async () => {
    const { task: older, hurry } = await inMidCopy('paused');
    await temporal('workflow', 'pause', ...rebuild);
    hurry();
    const { build, site } = await newBuild('after the pause');
    const task = await announce(keeper, build);
    const { runId } = await keeper.client.workflow.getHandle(rebuildWorkflowId(edition)).describe();
    await keeper.client.workflow.execute('Reconcile', { workflowId: 'reconcile-now', taskQueue: 'keeper' });
    for (const path of [older, task])
      assert.match((await readTaskOnce(keeper, path)).metadata.editions[0]?.pause ?? '', /paused the workflow/);
    const after = await keeper.client.workflow.getHandle(rebuildWorkflowId(edition)).describe();
    assert.deepEqual([after.runId, after.status.name], [runId, 'PAUSED']);
    await temporal('workflow', 'unpause', ...rebuild);
    assert.equal((await taskEnd(keeper, task, 120_000)).status, 'SUCCESS');
    assert.deepEqual(await shown(), site);
  });

  it('heals a terminated run by one triggered pass while the schedule is paused', async () => {
    await ensureReconcileSchedule(keeper.client);
    const schedule = ['--schedule-id', reconcileScheduleId];
    await temporal('schedule', 'toggle', ...schedule, '--pause', '--reason', 'test');
    const { task, site, hurry } = await inMidCopy('triggered');
    await temporal('workflow', 'terminate', ...rebuild);
    hurry();
    await temporal('schedule', 'trigger', ...schedule);
    assert.equal((await taskEnd(keeper, task, 120_000)).status, 'SUCCESS');
    assert.deepEqual(await shown(), site);
  });
});
