import { NativeConnection } from '@temporalio/worker';
import type { Knex } from 'knex';
import { workflowBundle } from '../../scripts/workflow-bundle.js';
import { type Activities, createActivities } from '../../src/activities/activities.js';
import type { ActivityDeps } from '../../src/activities/dependencies.js';
import { dashboardSource } from '../../src/worker/integrations.js';
import { createWorkerMetrics } from '../../src/worker/worker-metrics.js';
import { createWorkers } from '../../src/worker/workers.js';
import type { DeploymentConfig } from '../../src/config/settings/temporal.js';
import { createKnex } from '../../src/db/knex.js';
import { createManifestStore } from '../../src/db/manifests/manifest-store.js';
import { createBuiltInDashboard } from '../../src/integrations/dashboard/built-in-dashboard.js';
import type { DashboardBuilder } from '../../src/integrations/dashboard/dashboard-builder.js';
import { createDashboardPages } from '../../src/integrations/dashboard/dashboard-pages.js';
import { chooseRequests } from '../../src/integrations/object-store/choose-requests.js';
import type { ObjectStore } from '../../src/integrations/object-store/object-store.js';
import { createS3Client } from '../../src/integrations/object-store/s3-client.js';
import { createS3ObjectStore } from '../../src/integrations/object-store/s3-object-store.js';
import { createStoreFlows } from '../../src/integrations/object-store/store-flows.js';
import { createDeletionStarter } from '../../src/integrations/temporal/deletion-starter.js';
import { createRebuildObserver } from '../../src/integrations/temporal/rebuild-observer.js';
import { createWorkflowStarter } from '../../src/integrations/temporal/workflow-starter.js';
import { createLogger } from '../../src/observability/logger.js';
import { dataConverter } from '../../src/payload-codec/data-converter.js';
import type { EncryptionKey } from '../../src/config/settings/temporal.js';
import { type TaskQueue, taskQueues } from '../../src/workflows/contract.js';
import type { TestKeeper } from './keeper.js';
import { installQuietRuntime } from './quiet-runtime.js';

/** Replacements for the worker's parts in a test. */
export type WorkerOverrides = Partial<
  Pick<ActivityDeps, 'cdn' | 'copy' | 'deletion' | 'deletions' | 'events' | 'dns' | 'workflows'>
> & {
  /** @default none: most tests concern editions alone, and count the bucket's requests */
  readonly dashboard?: ActivityDeps['dashboard'] | 'built-in';
  /** The concurrency of manifest recordings. @default 0: most tests count the bucket's requests of copies alone */
  readonly manifestSlots?: number;
  /** @default all */
  readonly queues?: readonly TaskQueue[];
  /** @default those of the keeper */
  readonly encryptionKeys?: readonly EncryptionKey[];
  /** @default none: they are not versioned */
  readonly deployment?: DeploymentConfig;
  /** In bytes. @default that of the setting */
  readonly multipartThreshold?: number;
  /** Changes the activities. @default as in production */
  readonly changed?: (activities: Activities, store: ObjectStore) => Activities;
};

const placement = { acl: 'public-read', directoryRedirects: true } as const;

/** The defaults: nothing is deleted, and uploads have a day. */
const keepsAll = { deprecatedAfterDays: null, abandonedUploadHours: 24, abandonedUploads: false } as const;

const noDashboard: DashboardBuilder = { build: () => Promise.resolve('skipped') };

function builtIn(knex: Knex, { store, cdn }: Pick<ActivityDeps, 'store' | 'cdn'>): DashboardBuilder {
  const source = dashboardSource(knex);
  return createBuiltInDashboard({
    source,
    store,
    isCached: cdn !== null,
    render: createDashboardPages(),
    placement,
  });
}

/**
 * Starts the real workers in this process, for the keeper's namespace. They stop by the returned function or, at the
 * latest, when the keeper is closed.
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
  const {
    dashboard,
    changed,
    manifestSlots = 0,
    queues = Object.values(taskQueues),
    encryptionKeys = keeper.encryptionKeys,
    deployment = null,
    multipartThreshold = 64 * 1024 ** 2,
    ...others
  } = overrides;
  const create = (deps: ActivityDeps): Activities => {
    const activities = createActivities(deps);
    return changed === undefined ? activities : changed(activities, deps.store);
  };
  const requests = chooseRequests('lean', s3);
  const stores = createStoreFlows({
    maxConcurrency: 64,
    connect: (admission) => createS3ObjectStore({ client: s3, requests, admission, multipartThreshold }),
  });
  const logger = createLogger({ level: 'silent', name: 'test worker' });
  const metrics = createWorkerMetrics({ knex, logger, served: false });
  const { store } = stores.open('short work');
  const outside = { store, stores, cdn: null, ...others };
  const workers = await createWorkers({
    connection,
    namespace,
    activities: create({
      knex,
      manifests: createManifestStore(knex),
      workflows: createWorkflowStarter(keeper.client),
      deletions: createDeletionStarter(keeper.client),
      observer: createRebuildObserver(keeper.client),
      logger,
      metrics: metrics.work,
      rebuilds: metrics.rebuilds,
      s3: placement,
      copy: { concurrency: 64 },
      deletion: keepsAll,
      baseUrl: null,
      events: null,
      dns: null,
      ...outside,
      dashboard: dashboard === 'built-in' ? builtIn(knex, outside) : (dashboard ?? noDashboard),
    }),
    workflowBundle: await workflowBundle(encryptionKeys.length === 0 ? 'plain' : 'encrypted'),
    dataConverter: dataConverter(encryptionKeys),
    queues,
    deployment,
    copySlots: 4,
    manifestSlots,
  });
  const running = Promise.all(workers.map((worker) => worker.run()));
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= (async () => {
      for (const worker of workers) worker.shutdown();
      await running;
      await connection.close();
      requests.destroy();
      s3.destroy();
      await knex.destroy();
    })();
    return stopped;
  };
  keeper.cleanUp.push(stop);
  return stop;
}
