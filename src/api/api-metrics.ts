import type { Knex } from 'knex';
import { Registry } from 'prom-client';
import { readBacklog } from '../db/queries/backlog.js';
import { endedWith } from '../db/queries/ended-rebuilds.js';
import { registerBacklogMetrics } from '../observability/metrics/backlog-metrics.js';
import { registerDatabaseMetrics } from '../observability/metrics/database-metrics.js';
import { createRebuildMetrics } from '../observability/metrics/rebuild-metrics.js';
import { createRequestMetrics, type RequestMetrics } from '../observability/metrics/request-metrics.js';
import type { RebuildCounter, ServiceLogger } from '../services/ports.js';

/** What the API counts. */
export interface ApiMetrics {
  readonly registry: Registry;
  readonly requests: RequestMetrics;
  readonly rebuilds: RebuildCounter;
}

/**
 * Registers everything that an API process tells of. The backlog of the whole service is told here, not by workers: API
 * processes are few and always there, whereas workers come and go with the load.
 */
export function createApiMetrics(deps: { readonly knex: Knex; readonly logger: ServiceLogger }): ApiMetrics {
  const { knex, logger } = deps;
  const registry = new Registry();
  registerDatabaseMetrics(registry, knex);
  registerBacklogMetrics(registry, () => readBacklog(knex));
  return {
    registry,
    requests: createRequestMetrics(registry),
    rebuilds: createRebuildMetrics(registry, {
      logger,
      find: (editionId, generation) => endedWith(knex, editionId, generation),
    }),
  };
}
