import { fileURLToPath } from 'node:url';
import { type NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import { type Config, loadConfig } from '../config.js';
import { createKnex } from '../db/knex.js';
import { createManifestStore } from '../db/manifests/manifest-store.js';
import { assertSchema } from '../db/migrate.js';
import { createTemporalClient, type TemporalClient } from '../integrations/temporal/connect.js';
import { createPurgeStarter } from '../integrations/temporal/purge-starter.js';
import { createRebuildObserver } from '../integrations/temporal/rebuild-observer.js';
import { createWorkflowStarter } from '../integrations/temporal/workflow-starter.js';
import { createLogger, type Logger } from '../observability/logger.js';
import { runMain } from '../run-main.js';
import { stopSignal } from '../stop-signal.js';
import { createActivities } from './activities.js';
import { connectWorker } from './connect-worker.js';
import type { ActivityDependencies } from './dependencies.js';
import { createIntegrations } from './integrations.js';
import { keepSchedule } from './keep-schedule.js';
import { temporalLogger } from './temporal-logger.js';
import { createWorkers } from './workers.js';

const workflowBundle = fileURLToPath(new URL('../../workflow-bundle.js', import.meta.url));

/** The worker process: builds everything once, works until it is told to stop, hands over and ends. */
async function main(): Promise<void> {
  const config = loadConfig('worker');
  const logger = createLogger({ level: config.logLevel, name: 'ltd-keeper-worker' });
  const stopping = stopSignal();
  Runtime.install({ logger: temporalLogger(logger, config.logLevel), shutdownSignals: [] });
  const temporal = createTemporalClient(config.temporal);
  const { deps, close } = createDependencies(config, { logger, temporal });
  try {
    await assertSchema(deps.knex);
    const connection = await connectWorker(config.temporal.connectionOptions, { logger, stopping });
    if (connection !== null) await work({ config, deps, connection, temporal, stopping });
  } finally {
    await close();
    await temporal.close();
  }
}

/** Everything that activities work with, and how to let go of it. Nothing connects yet. */
function createDependencies(
  config: Config,
  { logger, temporal }: { readonly logger: Logger; readonly temporal: TemporalClient },
): { readonly deps: ActivityDependencies; readonly close: () => Promise<void> } {
  const knex = createKnex({
    url: config.databaseUrl.reveal(),
    poolSize: config.databasePoolSize,
    applicationName: 'ltd-keeper-worker',
  });
  const integrations = createIntegrations(config, knex);
  const deps = {
    ...integrations,
    knex,
    manifests: createManifestStore(knex),
    logger,
    workflows: createWorkflowStarter(temporal.client),
    purges: createPurgeStarter(temporal.client),
    observer: createRebuildObserver(temporal.client),
    s3: config.s3,
    copy: config.copy,
    purge: config.purge,
    baseUrl: config.http.baseUrl,
  };
  return {
    deps,
    close: async () => {
      integrations.close();
      await knex.destroy();
    },
  };
}

interface Work {
  readonly config: Config;
  readonly deps: ActivityDependencies;
  readonly connection: NativeConnection;
  readonly temporal: TemporalClient;
  readonly stopping: AbortSignal;
}

/** Polls the task queues of the process until the process is told to stop, or until one of the workers fails. */
async function work({ config, deps, connection, temporal, stopping }: Work): Promise<void> {
  const { logger } = deps;
  const stopSchedule = keepSchedule(temporal.client, logger);
  try {
    const workers = await createWorkers({
      connection,
      namespace: config.temporal.namespace ?? 'default',
      activities: createActivities(deps),
      workflowBundle,
      queues: config.workerQueues,
      copySlots: config.copy.slots,
      learnSlots: config.copy.learnSlots,
    });
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
