import { createHistogram } from 'node:perf_hooks';
import { createTemporalClient } from '../../src/integrations/temporal/connect.js';
import { createWorkflowStarter } from '../../src/integrations/temporal/workflow-starter.js';
import { type PartyPids, startCpuMeter } from './cpu-meter.js';
import type { LoadResult } from './measure-load.js';
import { contestants } from './report.js';

/** The service's own concurrency. */
const concurrency = 16;

/** Different from the bench's editions, whose workflows run already. */
const firstEdition = 10_000_000;

/** The Temporal server to measure. */
export interface TemporalAlone {
  readonly address: string;
  readonly pids: PartyPids;
}

/** Starts workflows as the service does, without the service: the most that Temporal's server can do on these cores. */
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
  await Promise.all(Array.from({ length: concurrency }, startSome));
  const { user, system } = process.cpuUsage(own);
  const result = {
    target: contestants.temporal,
    load: 'workflows started',
    connections: concurrency,
    rate: null,
    requestsPerSecond: (started * 1_000) / (performance.now() - began),
    p50: Math.round(times.percentile(50) / 1_000),
    p99: Math.round(times.percentile(99) / 1_000),
    failed: 0,
    // This process is the client.
    cpu: { ...(await cpu(started)), service: (user + system) / 1_000 / started },
  };
  await temporal.close();
  return result;
}

const edition = { generation: 1, productSlug: 'product', editionSlug: 'branch', buildId: 1, buildSlug: '1' };
