import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/activities.js';
import { heartbeatTimeout, retriesForADay } from '../domain/time-limits.js';
import { copyActivityId, deliverActivityId, type PartReport, type ReconcilePart, taskQueues } from './contract.js';

/** Options of all steps. Eager dispatch is off, because it bypasses the task queue, which an operator may hold. */
const common = { allowEagerDispatch: false } as const;

/** Short transactions. Temporal retries them until the database answers, since a run can do nothing without it. */
export const steps = proxyActivities<Activities>({
  ...common,
  taskQueue: taskQueues.keeper,
  startToCloseTimeout: '45s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/**
 * Steps that write to the bucket. A worker's shutdown counts as one attempt of many. The run awaits a cancelled
 * attempt, which ends only once every request that it sent has its answer.
 */
const writing = {
  ...common,
  taskQueue: taskQueues.copy,
  heartbeatTimeout,
  startToCloseTimeout: '24h',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: retriesForADay({ initialInterval: 1_000, maximumInterval: 60_000 }),
} as const;

export const { copyBuild } = proxyActivities<Activities>({ ...writing, activityId: copyActivityId });

export const { removeStale } = proxyActivities<Activities>({ ...writing, activityId: 'remove' });

/** The deletion of a build's objects. Publications have priority. */
export const { deleteBuildObjects } = proxyActivities<Activities>({
  ...writing,
  priority: { priorityKey: 5 },
});

/** Calls to external services: short, retried for a day, abandoned at once when cancelled. */
const calling = {
  ...common,
  taskQueue: taskQueues.keeper,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: retriesForADay({ initialInterval: 500, maximumInterval: 60_000 }),
} as const;

/** The CDN has 10 s to answer. This time-out, not a heartbeat, notices a worker that is killed meanwhile. */
const purging = { ...calling, startToCloseTimeout: '20s' } as const;

export const { purgeCdn, purgeEdition } = proxyActivities<Activities>(purging);

/** One attempt at a purge that an edition at rest owes. The row stores a failure; Reconcile retries after a pause. */
export const { purgeEdition: tryPurge } = proxyActivities<Activities>({
  ...purging,
  scheduleToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 1 },
});

export const { buildDashboard } = proxyActivities<Activities>({
  ...calling,
  heartbeatTimeout,
  startToCloseTimeout: '5 minutes',
});

/** A pass over a build during its upload. It only reads, in its own few slots. */
export const { recordManifest } = proxyActivities<Activities>({
  ...common,
  taskQueue: taskQueues.manifests,
  heartbeatTimeout,
  startToCloseTimeout: '2 hours',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: retriesForADay({ initialInterval: 2_000, maximumInterval: 300_000 }),
});

/** A short call to Route 53, retried for a day. */
export const { registerDomain } = proxyActivities<Activities>({
  ...common,
  taskQueue: taskQueues.keeper,
  startToCloseTimeout: '45s',
  retry: retriesForADay({ initialInterval: 500, maximumInterval: 60_000 }),
});

/**
 * A call to the receiver of events: short, on few slots that nothing else uses, so that a call that hangs delays
 * no other work. Temporal retries it without end, because a publication stays true.
 */
export const { deliverEvent } = proxyActivities<Activities>({
  ...common,
  activityId: deliverActivityId,
  taskQueue: taskQueues.events,
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5 minutes' },
});

/** One part of a pass of `Reconcile`. Temporal does not retry it for long, because the next pass comes anyway. */
export function reconcile(part: ReconcilePart): Promise<PartReport> {
  return proxyActivities<Activities>({
    ...common,
    activityId: part,
    taskQueue: taskQueues.keeper,
    heartbeatTimeout,
    startToCloseTimeout: '60s',
    scheduleToCloseTimeout: '60s',
    retry: { initialInterval: '1s', maximumInterval: '10s', maximumAttempts: 3 },
  }).reconcile(part);
}
