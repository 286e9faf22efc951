import type { Knex } from 'knex';
import { Registry } from 'prom-client';
import { endedWith } from '../db/queries/ended-rebuilds.js';
import type { StoreFlows } from '../integrations/object-store/store-flows.js';
import { registerDatabaseMetrics } from '../observability/metrics/database-metrics.js';
import { createRebuildMetrics, uncountedRebuilds } from '../observability/metrics/rebuild-metrics.js';
import { registerStoreMetrics } from '../observability/metrics/store-metrics.js';
import { createWorkMetrics, type WorkMetrics } from '../observability/metrics/work-metrics.js';
import type { RebuildCounter, ServiceLogger } from '../services/ports.js';

/** What the worker counts. */
export interface WorkerMetrics {
  readonly registry: Registry;
  readonly work: WorkMetrics;
  readonly rebuilds: RebuildCounter;
  /** Tells of the requests to the store, too, from here on. */
  watch(stores: StoreFlows): void;
}

/** What the metrics are read from. */
export interface WorkerMetricsDeps {
  readonly knex: Knex;
  readonly logger: ServiceLogger;
  /** Whether anybody can read them: what costs more than a number in memory is left out where nobody can. */
  readonly served: boolean;
}

/** Registers everything that a worker tells of, but what Temporal's own library counts. */
export function createWorkerMetrics({ knex, logger, served }: WorkerMetricsDeps): WorkerMetrics {
  const registry = new Registry();
  registerDatabaseMetrics(registry, knex);
  return {
    registry,
    work: createWorkMetrics(registry),
    rebuilds: served
      ? createRebuildMetrics(registry, {
          logger,
          find: (editionId, generation) => endedWith(knex, editionId, generation),
        })
      : uncountedRebuilds,
    watch: (stores) => {
      registerStoreMetrics(registry, stores);
    },
  };
}
