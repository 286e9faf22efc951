import { type DataConverter, defaultPayloadConverter } from '@temporalio/common';
import {
  type ActivityInterceptorsFactory,
  type NativeConnection,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import type { Activities } from '../activities/activities.js';
import type { DeploymentConfig } from '../config/settings/temporal.js';
import { heartbeatInterval } from '../domain/time-limits.js';
import { withRequestId } from '../observability/request-context.js';
import type { Tracing } from '../observability/tracing/open-telemetry.js';
import { requestIdHeader, type TaskQueue, taskQueues } from '../workflows/contract.js';

/** What the workers of one process are made of. */
interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly activities: Activities;
  /** The task queues that this process serves. */
  readonly queues: readonly TaskQueue[];
  /** Which version of the service they are, where Temporal decides by it who gets what; null: they take everything. */
  readonly deployment: DeploymentConfig | null;
  /** Path of the bundle that the build made of `src/workflows`. */
  readonly workflowBundle: string;
  /** That of the clients. @default Temporal's */
  readonly dataConverter?: DataConverter;
  /** Copies at a time. */
  readonly copySlots: number;
  /** Builds that are learnt at a time; 0 leaves that to other workers. */
  readonly manifestSlots: number;
  /** How all of it is traced; null where it is not. @default null */
  readonly tracing?: WorkTracing | null;
}

/** How long activities have to hand over before they are cancelled, and before the process goes regardless. */
export const shutdown = { shutdownGraceTime: '10s', shutdownForceTime: '45s' } as const;

/** Progress is at most this old, and a cancellation is heard within it. */
const heartbeats = {
  maxHeartbeatThrottleInterval: heartbeatInterval,
  defaultHeartbeatThrottleInterval: heartbeatInterval,
} as const;

/** Calls to the receiver of events at a time: each ends within 10 s, whatever the receiver does. */
const eventSlots = 10;

/**
 * How long a workflow may compute before it is asked something else. Ours take milliseconds: who takes longer runs on a
 * machine that starves it, or was frozen. To be cut off (by default after 5 s) is worse than to be late: where async
 * hooks are on, as they are here on Node.js 20, V8 stops in the middle of a promise and Node.js then ends the process,
 * with "async hook stack has become corrupted".
 */
const isolateExecutionTimeout = '10 minutes';

/**
 * A worker for each task queue of the process: one runs workflows and short activities, the others only copy and
 * remove, only learn builds, or only call the receiver of events, each in its own few slots, so that none of them ever
 * keeps a workflow from deciding, nor learning a copy.
 */
export async function createWorkers(options: WorkersOptions): Promise<readonly Worker[]> {
  const { connection, namespace, queues, manifestSlots, dataConverter = {} } = options;
  // Each activity knows for which request it works.
  const interceptors = { activity: [receiveRequestId, ...(options.tracing?.activity ?? [])] };
  const version = versioning(options.deployment);
  const common = {
    connection,
    namespace,
    dataConverter,
    ...version,
    ...shutdown,
    ...heartbeats,
    isolateExecutionTimeout,
    interceptors,
  };
  const work = workOf(options);
  return Promise.all(
    queues
      .filter((taskQueue) => taskQueue !== taskQueues.manifests || manifestSlots > 0)
      .map((taskQueue) => Worker.create({ ...common, taskQueue, ...work[taskQueue] })),
  );
}

/**
 * An open run goes on with the version that is current when it is next asked something, as it does without versioning:
 * runs may stay open for days (a receiver of events that is away), each version can replay what the one before began
 * (`test/replay`), and none runs on a schema that is two versions newer. To be pinned would keep old workers for as
 * long.
 */
function versioning(deployment: DeploymentConfig | null): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (deployment === null) return {};
  return {
    workerDeploymentOptions: {
      useWorkerVersioning: true,
      version: { deploymentName: deployment.name, buildId: deployment.buildId },
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  };
}

/** What is done on each task queue, and how much of it at a time. */
function workOf(options: WorkersOptions): Readonly<Record<TaskQueue, Omit<WorkerOptions, 'taskQueue'>>> {
  const { activities, workflowBundle, copySlots, manifestSlots, tracing = null } = options;
  const { copyBuild, removeStale, deleteBuildObjects, recordManifest, deliverEvent, ...short } = activities;
  return {
    keeper: {
      workflowBundle: { codePath: workflowBundle },
      activities: short,
      ...(tracing === null ? {} : { sinks: tracing.sinks }),
    },
    'keeper-copy': {
      activities: { copyBuild, removeStale, deleteBuildObjects },
      maxConcurrentActivityTaskExecutions: copySlots,
    },
    'keeper-manifests': {
      activities: { recordManifest },
      maxConcurrentActivityTaskExecutions: manifestSlots,
    },
    'keeper-events': { activities: { deliverEvent }, maxConcurrentActivityTaskExecutions: eventSlots },
  };
}

/**
 * Runs each activity for the request whose id its headers have, and adds the id to the lines that the SDK logs of it.
 */
const receiveRequestId: ActivityInterceptorsFactory = () => {
  let requestId: string | undefined;
  return {
    inbound: {
      execute: (input, next) => {
        const payload = input.headers[requestIdHeader];
        const id = payload === undefined ? undefined : defaultPayloadConverter.fromPayload<unknown>(payload);
        if (typeof id !== 'string') return next(input);
        requestId = id;
        return withRequestId(id, () => next(input));
      },
    },
    outbound: {
      getLogAttributes: (input, next) => next(requestId === undefined ? input : { ...input, requestId }),
    },
  };
};

/** What workers need in order to be traced. */
interface WorkTracing {
  readonly activity: readonly ActivityInterceptorsFactory[];
  /** What the spans of workflows come out of their sandbox by. */
  readonly sinks: NonNullable<WorkerOptions['sinks']>;
}

/** Traces workflows and activities as parts of the traces that woke them. Loads nothing where nothing is traced. */
export async function traceWork(tracing: Tracing | null): Promise<WorkTracing | null> {
  if (tracing === null) return null;
  const library = await import('@temporalio/interceptors-opentelemetry/lib/worker/index.js');
  return {
    activity: [(context) => ({ inbound: new library.OpenTelemetryActivityInboundInterceptor(context) })],
    sinks: { exporter: library.makeWorkflowExporter(tracing.processor, tracing.resource) },
  };
}
