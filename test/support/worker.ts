import { NativeConnection } from '@temporalio/worker';
import { workflowBundle } from '../../dev/workflow-bundle.js';
import { createActivities } from '../../src/activities/activities.js';
import type { ActivityDependencies } from '../../src/activities/dependencies.js';
import { createWorkers } from '../../src/activities/workers.js';
import { createKnex } from '../../src/db/knex.js';
import { createNoCdn } from '../../src/integrations/cdn/no-cdn.js';
import { createNoDashboard } from '../../src/integrations/dashboard/no-dashboard.js';
import { createS3Client } from '../../src/integrations/object-store/s3-client.js';
import { createS3ObjectStore } from '../../src/integrations/object-store/s3-object-store.js';
import { createRebuildObserver } from '../../src/integrations/temporal/rebuild-observer.js';
import { createWorkflowStarter } from '../../src/integrations/temporal/workflow-starter.js';
import { createLogger } from '../../src/observability/logger.js';
import type { TestKeeper } from './keeper.js';
import { installQuietRuntime } from './quiet-runtime.js';

/** What a test may put in the place of the usual. */
export type WorkerOverrides = Partial<Pick<ActivityDependencies, 'cdn' | 'dashboard' | 'store' | 'copy'>>;

/**
 * Starts the real workers of both task queues in this process, for the keeper's namespace. They are stopped by the
 * returned function or, at the latest, when the keeper is closed.
 */
export async function startTestWorker(
  keeper: TestKeeper,
  overrides: WorkerOverrides = {},
): Promise<() => Promise<void>> {
  installQuietRuntime();
  const { address, namespace } = keeper.temporal;
  const connection = await NativeConnection.connect({ address });
  const knex = createKnex({ url: keeper.database.url, applicationName: 'test worker' });
  const s3 = createS3Client({ ...keeper.bucket });
  const workers = await createWorkers({
    connection,
    namespace,
    activities: createActivities({
      knex,
      store: createS3ObjectStore({ client: s3 }),
      cdn: createNoCdn(),
      dashboard: createNoDashboard(),
      workflows: createWorkflowStarter(keeper.client),
      observer: createRebuildObserver(keeper.client),
      logger: createLogger({ level: 'silent', name: 'test worker' }),
      s3: { acl: 'public-read', directoryRedirects: true },
      copy: { concurrency: 64 },
      baseUrl: null,
      ...overrides,
    }),
    workflowBundle: await workflowBundle(),
    copySlots: 4,
  });
  const running = Promise.all(workers.map((worker) => worker.run()));
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= (async () => {
      for (const worker of workers) worker.shutdown();
      await running;
      await connection.close();
      s3.destroy();
      await knex.destroy();
    })();
    return stopped;
  };
  keeper.cleanUp.push(stop);
  return stop;
}
