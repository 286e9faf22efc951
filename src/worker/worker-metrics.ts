import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { RuntimeOptions } from '@temporalio/worker';
import type { Knex } from 'knex';
import { Registry } from 'prom-client';
import { request } from 'undici';
import { endedWith } from '../db/queries/rebuilds.js';
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
interface WorkerMetricsDeps {
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

/** A scraper waits no longer either. Milliseconds. */
const patience = 2_000;

/** What Temporal's own library counts. */
interface TemporalMetrics {
  /** For the runtime: serves them to this machine alone. */
  readonly telemetry: NonNullable<RuntimeOptions['telemetryOptions']>;
  /** Reads them, in Prometheus' text. */
  read(): Promise<string>;
}

/**
 * The library serves its metrics itself, on a port that it has to be told. They are read from there and told with ours,
 * so that a process has one address to scrape.
 */
export async function createTemporalMetrics(): Promise<TemporalMetrics> {
  const bindAddress = `127.0.0.1:${await freePort()}`;
  return {
    telemetry: {
      metrics: {
        prometheus: {
          bindAddress,
          countersTotalSuffix: true,
          unitSuffix: true,
          useSecondsForDurations: true,
        },
      },
    },
    read: async () => {
      const { body } = await request(`http://${bindAddress}/metrics`, {
        headersTimeout: patience,
        bodyTimeout: patience,
      });
      return body.text();
    },
  };
}

/** The library cannot say which port it was given, so that it must be one that is free by now. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo; // no pipe: it listens on a port
  probe.close();
  await once(probe, 'close');
  return port;
}
