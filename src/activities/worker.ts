import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Runtime } from '@temporalio/worker';
import { type Config, loadConfig } from '../config.js';
import { createKnex } from '../db/knex.js';
import { assertSchema } from '../db/migrate.js';
import { createTemporalClient } from '../integrations/temporal/connect.js';
import { createRebuildObserver } from '../integrations/temporal/rebuild-observer.js';
import { ensureReconcileSchedule } from '../integrations/temporal/reconcile-schedule.js';
import { createWorkflowStarter } from '../integrations/temporal/workflow-starter.js';
import { createLogger, type Logger } from '../observability/logger.js';
import { runMain } from '../run-main.js';
import { createActivities } from './activities.js';
import { createIntegrations } from './integrations.js';
import { temporalLogger } from './temporal-logger.js';
import { createWorkers } from './workers.js';

/** A schedule that somebody deleted, or that a new Temporal server never had, is back after this. Milliseconds. */
const scheduleInterval = 60_000;

const bundle = fileURLToPath(new URL('../../workflow-bundle.js', import.meta.url));

/** The worker process: builds everything once, works until it is told to stop, hands over and ends. */
async function main(): Promise<void> {
  const config = loadConfig('worker');
  const logger = createLogger({ level: config.logLevel, name: 'ltd-keeper-worker' });
  const stopping = stopSignal();
  Runtime.install({ logger: temporalLogger(logger, config.logLevel), shutdownSignals: [] });
  const knex = createKnex({
    url: config.databaseUrl.reveal(),
    poolSize: config.databasePoolSize,
    applicationName: 'ltd-keeper-worker',
  });
  const temporal = createTemporalClient(config.temporal);
  const integrations = createIntegrations(config);
  try {
    await assertSchema(knex);
    const connection = await connect(config, { logger, stopping });
    if (connection === null) return;
    const activities = createActivities({
      ...integrations,
      knex,
      logger,
      workflows: createWorkflowStarter(temporal.client),
      observer: createRebuildObserver(temporal.client),
      s3: config.s3,
      copy: config.copy,
      baseUrl: config.http.baseUrl,
    });
    const workers = await createWorkers({
      connection,
      namespace: config.temporal.namespace ?? 'default',
      activities,
      workflowBundle: bundle,
      copySlots: config.copy.slots,
    });
    const keepSchedule = setInterval(() => void ensureSchedule(), scheduleInterval);
    const ensureSchedule = async (): Promise<void> => {
      try {
        if (await ensureReconcileSchedule(temporal.client))
          logger.info({}, 'the schedule of Reconcile was created');
      } catch (error) {
        logger.warn({ err: error }, 'the schedule of Reconcile could not be looked at');
      }
    };
    void ensureSchedule();
    try {
      const stop = (): void => {
        for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      };
      stopping.addEventListener('abort', stop);
      logger.info({}, 'worker started');
      await Promise.all(workers.map((worker) => worker.run().finally(stop)));
    } finally {
      clearInterval(keepSchedule);
      await connection.close();
    }
  } finally {
    integrations.close();
    await temporal.close();
    await knex.destroy();
  }
}

/** Aborted at the first SIGTERM or SIGINT. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const)
    process.once(name, () => {
      controller.abort(new Error(name));
    });
  return controller.signal;
}

/** Connects as soon as Temporal is there; null when the process is told to stop before. */
async function connect(
  config: Config,
  { logger, stopping }: { logger: Logger; stopping: AbortSignal },
): Promise<NativeConnection | null> {
  while (!stopping.aborted) {
    try {
      return await NativeConnection.connect(config.temporal.connectionOptions);
    } catch (error) {
      logger.warn({ err: error }, 'Temporal does not answer; trying again in a second');
      await sleep(1_000, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
  return null;
}

await runMain(main);
