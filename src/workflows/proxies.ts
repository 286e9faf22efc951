import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/activities.js';
import { heartbeatTimeout, retriesForADay } from '../domain/time-limits.js';
import { copyActivityId, deliverActivityId, type PartReport, type ReconcilePart, taskQueues } from './contract.js';

/**
 * How each kind of step is run. Eager dispatch is off everywhere: it goes round the task queue, and a queue that an
 * operator holds must hold.
 */
const common = { allowEagerDispatch: false } as const;

/**
 * Short transactions. They are tried until the database answers: there is nothing else a run could do, and `Reconcile`
 * could not either.
 */
export const steps = proxyActivities<Activities>({
  ...common,
  taskQueue: taskQueues.keeper,
  startToCloseTimeout: '45s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/**
 * What writes to the bucket. A worker's shutdown counts as an attempt, which is one of many. A cancelled attempt is
 * waited for: it answers only when every request it sent is answered.
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

/** The removal of a build's objects: no hurry, so what publishes goes before it. */
export const { deleteBuildObjects } = proxyActivities<Activities>({
  ...writing,
  priority: { priorityKey: 5 },
});

/** Calls to somebody else's service: short, repeated for a day, and given up at once when cancelled. */
const calling = {
  ...common,
  taskQueue: taskQueues.keeper,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: retriesForADay({ initialInterval: 500, maximumInterval: 60_000 }),
} as const;

/** The CDN is given 10 s to answer. A worker that is killed meanwhile is noticed after this, not by a heartbeat. */
const purging = { ...calling, startToCloseTimeout: '20s' } as const;

export const { purgeCdn, purgeEdition } = proxyActivities<Activities>(purging);

/**
 * One try of a purge that an edition at rest owes: the row notes a failure, and Reconcile tries again after a pause.
 */
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

/** A pass over a build that is being uploaded: it only reads, in its own few slots, and nobody waits for it. */
export const { recordManifest } = proxyActivities<Activities>({
  ...common,
  taskQueue: taskQueues.manifests,
  heartbeatTimeout,
  startToCloseTimeout: '2 hours',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: retriesForADay({ initialInterval: 2_000, maximumInterval: 300_000 }),
});

/** A short call to Amazon's name service, repeated for a day. */
export const { registerDomain } = proxyActivities<Activities>({
  ...common,
  taskQueue: taskQueues.keeper,
  startToCloseTimeout: '45s',
  retry: retriesForADay({ initialInterval: 500, maximumInterval: 60_000 }),
});

/**
 * A call to the receiver of events: short, on few slots that nothing else uses, so that a call that hangs delays
 * no other work. Repeated for ever, for what was published stays true.
 */
export const { deliverEvent } = proxyActivities<Activities>({
  ...common,
  activityId: deliverActivityId,
  taskQueue: taskQueues.events,
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5 minutes' },
});

/** One part of a pass of `Reconcile`, by its name. The next pass comes anyway, so a part is not repeated for long. */
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
