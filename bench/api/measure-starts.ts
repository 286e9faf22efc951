import { createHistogram } from 'node:perf_hooks';
import { createTemporalClient } from '../../src/integrations/temporal/connect.js';
import { createWorkflowStarter } from '../../src/integrations/temporal/workflow-starter.js';
import { type PartyPids, startCpuMeter } from './cpu-meter.js';
import type { LoadResult } from './measure-load.js';
import { contestants } from './report.js';

/** As many as the service has under way itself. */
const atOnce = 16;

/** Apart from the editions of the bench, whose workflows are open already. */
const firstEdition = 10_000_000;

/** Where Temporal is, and whose CPU is told. */
export interface TemporalAlone {
  readonly address: string;
  readonly pids: PartyPids;
}

/**
 * Starts workflows as the service does, with nothing between: as often as Temporal's server can on these cores.
 */
export async function measureStarts(
  { address, pids }: TemporalAlone,
  { seconds }: { readonly seconds: number },
): Promise<LoadResult> {
  const temporal = createTemporalClient({ connectionOptions: { address } });
  const workflows = createWorkflowStarter(temporal.client);
  const times = createHistogram();
  const cpu = await startCpuMeter(pids);
  const own = process.cpuUsage();
  const began = performance.now();
  let started = 0;
  const startSome = async (): Promise<void> => {
    while (performance.now() - began < seconds * 1_000) {
      const asked = performance.now();
      started += 1;
      await workflows.signalEdition({ ...edition, editionId: firstEdition + started });
      times.record(Math.max(1, Math.round((performance.now() - asked) * 1_000)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, startSome));
  const { user, system } = process.cpuUsage(own);
  const result = {
    target: contestants.temporal,
    load: 'workflows started',
    connections: atOnce,
    rate: null,
    requestsPerSecond: (started * 1_000) / (performance.now() - began),
    p50: Math.round(times.percentile(50) / 1_000),
    p99: Math.round(times.percentile(99) / 1_000),
    failed: 0,
    // The client is this process.
    cpu: { ...(await cpu(started)), service: (user + system) / 1_000 / started },
  };
  await temporal.close();
  return result;
}

const edition = { generation: 1, productSlug: 'product', editionSlug: 'branch', buildId: 1, buildSlug: '1' };
