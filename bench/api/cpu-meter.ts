import { setTimeout as sleep } from 'node:timers/promises';
import { processCpu } from './process-cpu.js';

/** The processes whose CPU is measured apart. */
export const parties = ['service', 'postgres', 'temporal'] as const;
export type Party = (typeof parties)[number];

/** The process of each party; its children count with it. */
export type PartyPids = Readonly<Record<Party, number>>;

/** CPU time in milliseconds of each party; null where it is unknown. */
export type PartyCpu = Readonly<Record<Party, number | null>>;

/** Starts to count. The returned function returns the CPU time since then, divided by `requests`. */
export async function startCpuMeter(pids: PartyPids): Promise<(requests: number) => Promise<PartyCpu>> {
  const before = await used(pids);
  return async (requests) => {
    const after = await used(pids);
    const since = (party: Party): number | null => {
      const [from, to] = [before[party], after[party]];
      return from === null || to === null || requests === 0 ? null : (to - from) / requests;
    };
    return { service: since('service'), postgres: since('postgres'), temporal: since('temporal') };
  };
}

/** The idle limit: milliseconds of CPU per second, of all parties together. */
const idle = 100;

/** Waits until these parties, by default all, finish the work after their answers. Returns the seconds that it took. */
export async function untilIdle(pids: PartyPids, whose: readonly Party[] = parties): Promise<number> {
  for (let seconds = 0; ; seconds += 1) {
    const cpu = await startCpuMeter(pids);
    await sleep(1_000);
    const used = await cpu(1);
    if (whose.reduce((sum, party) => sum + (used[party] ?? 0), 0) <= idle) return seconds;
  }
}

async function used(pids: PartyPids): Promise<PartyCpu> {
  const [service, postgres, temporal] = await Promise.all(parties.map((party) => processCpu(pids[party])));
  return { service: service ?? null, postgres: postgres ?? null, temporal: temporal ?? null };
}
