import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Registry } from 'prom-client';
import type { Config } from '../config/config.js';
import { loadConfig } from '../config/load-config.js';
import { createKnex } from '../db/knex.js';
import { assertSchema } from '../db/migrate.js';
import { createRowsByKey } from '../db/rows-by-key.js';
import { createBuildFolders } from '../integrations/object-store/build-folders.js';
import { createUploadSigner } from '../integrations/object-store/presigned-post.js';
import { s3ClientOptions } from '../integrations/object-store/s3-client-options.js';
import { createS3Client } from '../integrations/object-store/s3-client.js';
import { createTemporalClient, probeTemporal } from '../integrations/temporal/connect.js';
import { countPausedRuns } from '../integrations/temporal/pauses.js';
import { createRebuildObserver } from '../integrations/temporal/rebuild-observer.js';
import { createWorkflowStarter } from '../integrations/temporal/workflow-starter.js';
import { createLogger, type Logger } from '../observability/logger.js';
import { startMetricsServer } from '../observability/metrics/metrics-server.js';
import { dataConverter } from '../payload-codec/data-converter.js';
import type { Tracing } from '../observability/tracing/open-telemetry.js';
import { startTracing } from '../observability/tracing/start-tracing.js';
import { packageVersion } from '../process/package-version.js';
import { runMain } from '../process/run-main.js';
import { stopSignal } from '../process/stop-signal.js';
import { ensureBootstrapUser } from '../services/create-user.js';
import { createPasswordHasher } from '../services/hash-password.js';
import { createTokenSigner } from '../services/issue-token.js';
import { createSignInGuard } from '../services/sign-in-guard.js';
import { TaskWatches } from '../services/task-watches.js';
import { createApiMetrics } from './api-metrics.js';
import { createApp } from './app.js';
import type { ApiDeps } from './deps.js';
import { createHttpServer, drain } from './http/server.js';
import { createProbes } from './readiness.js';

/** The API process: builds everything once, answers until it is told to stop, answers what is open, and ends. */
async function main(): Promise<void> {
  const config = loadConfig('api');
  const logger = createLogger({ level: config.logLevel, name: 'ltd-keeper-api' });
  endOnFault(logger);
  const stopping = stopSignal();
  const tracing = await startTracing({ ...config, service: 'ltd-keeper-api', version: packageVersion });
  const { deps, registry, close } = createDeps(config, { logger, stopping, tracing });
  const metrics = config.metrics && (await startMetricsServer({ ...config.metrics, registry, logger }));
  try {
    await assertSchema(deps.knex);
    await ensureBootstrapUser(deps, config.bootstrapUser);
    const server = createHttpServer(createApp(deps).callback());
    await listen(server, config.http);
    logger.info({ address: server.address(), version: packageVersion }, 'the API is listening');
    if (!stopping.aborted) await once(stopping, 'abort');
    logger.info('stopping: answering what is open');
    if (!(await drain(server))) logger.warn('requests were still open and have been cut');
  } finally {
    await close();
    await metrics?.close();
    await tracing?.shutdown();
  }
}

/** The app's collaborators, and how to close them. Nothing connects yet. */
function createDeps(
  config: Config,
  { logger, stopping, tracing }: Pick<ApiDeps, 'logger' | 'stopping'> & { tracing: Tracing | null },
): { readonly deps: ApiDeps; readonly registry: Registry; readonly close: () => Promise<void> } {
  const knex = createKnex({
    url: config.databaseUrl.reveal(),
    poolSize: config.databasePoolSize,
    timeoutsMs: config.databaseTimeoutsMs,
    prepares: config.databasePrepares,
    applicationName: 'ltd-keeper-api',
  });
  const temporal = createTemporalClient(config.temporal, dataConverter(config.temporalEncryptionKeys), tracing?.client);
  const { registry, requests, rebuilds } = createApiMetrics({
    knex,
    logger,
    pausedRuns: () => countPausedRuns(temporal.client),
    served: config.metrics !== null,
  });
  const s3 = createS3Client(s3ClientOptions(config.s3));
  const underWay = new Set<Promise<void>>();
  const deps: ApiDeps = {
    knex,
    rows: createRowsByKey(knex),
    logger,
    requests,
    rebuilds,
    workflows: createWorkflowStarter(temporal.client),
    background: (work) => {
      underWay.add(work);
      void work.finally(() => underWay.delete(work));
      return undefined;
    },
    tasks: new TaskWatches({ knex, observer: createRebuildObserver(temporal.client) }),
    uploads: createUploadSigner({ client: s3, acl: config.s3.acl, maxBytes: config.s3.uploadMaxBytes }),
    folders: createBuildFolders(s3),
    tokens: createTokenSigner({ keys: config.secretKeys }),
    passwords: createPasswordHasher(),
    signIns: createSignInGuard(),
    http: config.http,
    maxRequests: config.http.maxRequests,
    defaultGitRef: config.defaultGitRef,
    registersDomains: config.route53 !== null,
    version: packageVersion,
    probes: createProbes({ knex, temporal: () => probeTemporal(temporal.client) }),
    stopping,
    checkResponses: false,
  };
  return {
    deps,
    registry,
    close: async () => {
      s3.destroy();
      while (underWay.size > 0) await Promise.all(underWay);
      await Promise.all([temporal.close(), knex.destroy()]);
    },
  };
}

/** After a fault that nobody caught nothing is certain: it is logged, and whoever supervises us starts us again. */
function endOnFault(logger: Logger): void {
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'a fault that nobody caught');
    process.exit(1);
  });
}

async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}

await runMain(main);
