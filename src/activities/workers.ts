import { type NativeConnection, Worker } from '@temporalio/worker';
import { taskQueues } from '../workflows/contract.js';
import type { Activities } from './activities.js';

/** What the workers of one process are made of. */
export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly activities: Activities;
  /** Path of the bundle that the build made of `src/workflows`. */
  readonly workflowBundle: string;
  /** Copies at a time. */
  readonly copySlots: number;
  /** Builds that are learnt at a time; 0 leaves that to other workers. */
  readonly learnSlots: number;
}

/** How long activities have to hand over before they are cancelled, and before the process goes regardless. */
const shutdown = { shutdownGraceTime: '10s', shutdownForceTime: '45s' } as const;

/** Progress is at most this old, and a cancellation is heard within it. */
const heartbeats = { maxHeartbeatThrottleInterval: '5s', defaultHeartbeatThrottleInterval: '5s' } as const;

/** Calls to the receiver of events at a time: each ends within 10 s, whatever the receiver does. */
const eventSlots = 10;

/**
 * A worker for each task queue: one runs workflows and short activities, the others only copy and remove, only learn
 * builds, or only call the receiver of events, each in its own few slots, so that none of them ever keeps a workflow from
 * deciding, nor learning a copy.
 */
export async function createWorkers(options: WorkersOptions): Promise<readonly Worker[]> {
  const { connection, namespace, activities, workflowBundle, copySlots, learnSlots } = options;
  const common = { connection, namespace, ...shutdown, ...heartbeats };
  const { copyBuild, removeStale, purgeBuild, learnBuild, deliverEvent, ...short } = activities;
  return Promise.all([
    Worker.create({
      ...common,
      taskQueue: taskQueues.keeper,
      workflowBundle: { codePath: workflowBundle },
      activities: short,
    }),
    Worker.create({
      ...common,
      taskQueue: taskQueues.copy,
      activities: { copyBuild, removeStale, purgeBuild },
      maxConcurrentActivityTaskExecutions: copySlots,
    }),
    Worker.create({
      ...common,
      taskQueue: taskQueues.events,
      activities: { deliverEvent },
      maxConcurrentActivityTaskExecutions: eventSlots,
    }),
    ...(learnSlots === 0
      ? []
      : [
          Worker.create({
            ...common,
            taskQueue: taskQueues.learn,
            activities: { learnBuild },
            maxConcurrentActivityTaskExecutions: learnSlots,
          }),
        ]),
  ]);
}
