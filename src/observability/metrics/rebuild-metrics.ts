import { Counter, Histogram, type Registry } from 'prom-client';
import type { EndedRebuild } from '../../db/queries/rebuilds.js';
import { rebuildOutcomes } from '../../domain/edition-state.js';
import type { RebuildCounter, ServiceLogger } from '../../services/ports.js';

/** From a small edition to one of a hundred thousand objects. Seconds. */
const buckets = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600];

/** How ended rebuilds are found, and who is told where they are not. */
export interface RebuildMetricsOptions {
  readonly find: (editionId: number, generation?: number) => Promise<readonly EndedRebuild[]>;
  readonly logger: ServiceLogger;
}

/** Where no metrics are served: to find what ended costs a query, which nobody would read. */
export const uncountedRebuilds: RebuildCounter = { ended: () => Promise.resolve() };

/** Registers the rebuilds that this process ended, each outcome from 0 on. */
export function createRebuildMetrics(registry: Registry, { find, logger }: RebuildMetricsOptions): RebuildCounter {
  const labelNames = ['outcome'];
  const registers = [registry];
  const total = new Counter({
    name: 'ltd_rebuilds_total',
    help: 'Rebuilds that this process ended.',
    labelNames,
    registers,
  });
  const durations = new Histogram({
    name: 'ltd_rebuild_duration_seconds',
    help: 'From the request of a rebuild to its end.',
    labelNames,
    buckets,
    registers,
  });
  for (const outcome of rebuildOutcomes) total.inc({ outcome }, 0);
  return {
    ended: async (editionId, generation) => {
      try {
        for (const { outcome, seconds } of await find(editionId, generation)) {
          total.inc({ outcome });
          durations.observe({ outcome }, seconds);
        }
      } catch (error) {
        logger.warn({ err: error, edition_id: editionId }, 'the end of a rebuild was not counted');
      }
    },
  };
}
