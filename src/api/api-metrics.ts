import type { Knex } from 'knex';
import { Registry } from 'prom-client';
import { readBacklog } from '../db/queries/backlog.js';
import { endedWith } from '../db/queries/rebuilds.js';
import { registerBacklogMetrics, registerPauseMetric } from '../observability/metrics/backlog-metrics.js';
import { registerDatabaseMetrics } from '../observability/metrics/database-metrics.js';
import { createRebuildMetrics, uncountedRebuilds } from '../observability/metrics/rebuild-metrics.js';
import { createRequestMetrics, type RequestMetrics } from '../observability/metrics/request-metrics.js';
import type { RebuildCounter, ServiceLogger } from '../services/ports.js';

/** What the API counts. */
export interface ApiMetrics {
  readonly registry: Registry;
  readonly requests: RequestMetrics;
  readonly rebuilds: RebuildCounter;
}

/** What the metrics are read from. */
export interface ApiMetricsDeps {
  readonly knex: Knex;
  readonly logger: ServiceLogger;
  /** Counts the paused runs. */
  readonly pausedRuns: () => Promise<number>;
  /** Whether anybody can read them: what costs more than a number in memory is left out where nobody can. */
  readonly served: boolean;
}

/**
 * Registers everything that an API process tells of. The backlog of the whole service is told here, not by workers: API
 * processes are few and always there, whereas workers come and go with the load.
 */
export function createApiMetrics({ knex, logger, pausedRuns, served }: ApiMetricsDeps): ApiMetrics {
  const registry = new Registry();
  registerDatabaseMetrics(registry, knex);
  registerBacklogMetrics(registry, () => readBacklog(knex));
  registerPauseMetric(registry, pausedRuns);
  return {
    registry,
    requests: createRequestMetrics(registry),
    rebuilds: served
      ? createRebuildMetrics(registry, {
          logger,
          find: (editionId, generation) => endedWith(knex, editionId, generation),
        })
      : uncountedRebuilds,
  };
}
