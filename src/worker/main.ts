import { fileURLToPath } from 'node:url';
import { type NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import type { Config } from '../config/config.js';
import { loadConfig } from '../config/load-config.js';
import { createKnex } from '../db/knex.js';
import { createManifestStore } from '../db/manifests/manifest-store.js';
import { assertSchema } from '../db/migrate.js';
import { createTemporalClient, type TemporalClient } from '../integrations/temporal/connect.js';
import { createDeletionStarter } from '../integrations/temporal/deletion-starter.js';
import { createRebuildObserver } from '../integrations/temporal/rebuild-observer.js';
import { createWorkflowStarter } from '../integrations/temporal/workflow-starter.js';
import { createLogger, type Logger } from '../observability/logger.js';
import { type MetricsServer, startMetricsServer } from '../observability/metrics/metrics-server.js';
import { dataConverter } from '../payload-codec/data-converter.js';
import type { Tracing } from '../observability/tracing/open-telemetry.js';
import { startTracing } from '../observability/tracing/start-tracing.js';
import { packageVersion } from '../process/package-version.js';
import { runMain } from '../process/run-main.js';
import { stopSignal } from '../process/stop-signal.js';
import { createActivities } from '../activities/activities.js';
import { boundHeapGrowth } from './bound-heap-growth.js';
import { connectWorker, keepSchedule } from './connect-worker.js';
import type { ActivityDeps } from '../activities/dependencies.js';
import { createIntegrations } from './integrations.js';
import { temporalLogger } from './temporal-logger.js';
import { createTemporalMetrics, createWorkerMetrics, type WorkerMetrics } from './worker-metrics.js';
import { createWorkers, traceWork } from './workers.js';

/**
 * Bundles of the same workflows: where payloads are encrypted failures are, too; where runs are traced they make spans.
 */
function workflowBundle({ temporalEncryptionKeys: keys, tracesEndpoint }: Config): string {
  const encrypted = keys.length === 0 ? '' : '-encrypted';
  const traced = tracesEndpoint === null ? '' : '-traced';
  return fileURLToPath(new URL(`../../workflow-bundle${encrypted}${traced}.js`, import.meta.url));
}

/** The worker process: builds everything once, works until it is told to stop, hands over and ends. */
async function main(): Promise<void> {
  boundHeapGrowth();
  const config = loadConfig('worker');
  const logger = createLogger({ level: config.logLevel, name: 'ltd-keeper-worker' });
  const stopping = stopSignal();
  const tracing = await startTracing({ ...config, service: 'ltd-keeper-worker', version: packageVersion });
  const temporal = createTemporalClient(config.temporal, dataConverter(config.temporalEncryptionKeys), tracing?.client);
  const { deps, metrics, close } = createDeps(config, { logger, temporal });
  const workers: Worker[] = [];
  const served = await installRuntime(config, { logger, metrics, workers });
  try {
    await assertSchema(deps.knex);
    const connection = await connectWorker(config.temporal.connectionOptions, { logger, stopping });
    if (connection !== null) await work({ config, deps, connection, temporal, stopping, workers, tracing });
  } finally {
    await close();
    await temporal.close();
    await served?.close();
    await tracing?.shutdown();
  }
}

/**
 * Temporal's own library, in our log; with what it counts, and what we count, on the port for metrics, if there is one.
 */
async function installRuntime(
  config: Config,
  { logger, metrics, workers }: Pick<Work, 'workers'> & { logger: Logger; metrics: WorkerMetrics },
): Promise<MetricsServer | null> {
  const own = { logger: temporalLogger(logger, config.logLevel), shutdownSignals: [] };
  if (config.metrics === null) {
    Runtime.install(own);
    return null;
  }
  const library = await createTemporalMetrics();
  Runtime.install({ ...own, telemetryOptions: library.telemetry });
  return startMetricsServer({
    ...config.metrics,
    registry: metrics.registry,
    logger,
    more: () => library.read(),
    failure: () => failureOf(workers),
  });
}

/** A worker rides out an outage of the server while it runs, and must not be started again for it. */
function failureOf(workers: readonly Worker[]): string | null {
  const ended = workers.find((worker) => ['FAILED', 'STOPPED'].includes(worker.getState()));
  return ended === undefined
    ? null
    : `the worker of task queue ${ended.options.taskQueue} has ended: ${ended.getState()}`;
}

/** The activities' collaborators, and how to close them. Nothing connects yet. */
function createDeps(
  config: Config,
  { logger, temporal }: { readonly logger: Logger; readonly temporal: TemporalClient },
): {
  readonly deps: ActivityDeps;
  readonly metrics: WorkerMetrics;
  readonly close: () => Promise<void>;
} {
  const knex = createKnex({
    url: config.databaseUrl.reveal(),
    poolSize: config.databasePoolSize,
    timeoutsMs: config.databaseTimeoutsMs,
    applicationName: 'ltd-keeper-worker',
  });
  const metrics = createWorkerMetrics({ knex, logger, served: config.metrics !== null });
  const integrations = createIntegrations(config, { knex, metrics: metrics.work });
  metrics.watch(integrations.stores);
  const deps = {
    ...integrations,
    knex,
    manifests: createManifestStore(knex),
    logger,
    metrics: metrics.work,
    rebuilds: metrics.rebuilds,
    workflows: createWorkflowStarter(temporal.client),
    deletions: createDeletionStarter(temporal.client),
    observer: createRebuildObserver(temporal.client),
    s3: config.s3,
    copy: config.copy,
    deletion: config.deletion,
    baseUrl: config.http.baseUrl,
  };
  return {
    deps,
    metrics,
    close: async () => {
      integrations.close();
      await knex.destroy();
    },
  };
}

interface Work {
  readonly config: Config;
  readonly deps: ActivityDeps;
  readonly connection: NativeConnection;
  readonly temporal: TemporalClient;
  readonly stopping: AbortSignal;
  /** Those of this process, as soon as there are any. */
  readonly workers: Worker[];
  readonly tracing: Tracing | null;
}

/** Polls the task queues of the process until the process is told to stop, or until one of the workers fails. */
async function work({ config, deps, connection, temporal, stopping, workers, tracing }: Work): Promise<void> {
  const { logger } = deps;
  const stopSchedule = keepSchedule(temporal.client, logger);
  try {
    const made = await createWorkers({
      connection,
      namespace: config.temporal.namespace ?? 'default',
      activities: createActivities(deps),
      workflowBundle: workflowBundle(config),
      tracing: await traceWork(tracing),
      dataConverter: dataConverter(config.temporalEncryptionKeys),
      queues: config.workerQueues,
      deployment: config.deployment,
      copySlots: config.copy.slots,
      manifestSlots: config.copy.manifestSlots,
    });
    workers.push(...made);
    const stop = (): void => {
      shutDown(workers);
    };
    stopping.addEventListener('abort', stop);
    const running = workers.map((worker) => worker.run().finally(stop));
    logger.info({ queues: config.workerQueues }, 'the worker is polling');
    if (stopping.aborted) stop();
    await Promise.all(running);
  } finally {
    stopSchedule();
    await connection.close();
  }
}

/** A worker that is stopping already must not be told again. */
function shutDown(workers: readonly Worker[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
}

await runMain(main);
// A worker that Temporal's library could not make, for there is no such namespace, leaves its threads behind.
if (process.exitCode === 1) process.exit();
