import { setTimeout as sleep } from 'node:timers/promises';
import { processCpu } from './process-cpu.js';

/** Whose CPU is told apart. */
export const parties = ['service', 'postgres', 'temporal'] as const;
export type Party = (typeof parties)[number];

/** The process of each; its children count with it. */
export type PartyPids = Readonly<Record<Party, number>>;

/** CPU time in milliseconds, of each; null where it cannot be told. */
export type PartyCpu = Readonly<Record<Party, number | null>>;

/** Begins to count. What it answers tells what was used since, for each of `requests`. */
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

/** What counts as idle: milliseconds of CPU in a second, of all parties together. */
const idle = 100;

/**
 * Resolves once these parties, all if none is named, are done with what they do after their answers. Answers how many
 * seconds that took.
 */
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
