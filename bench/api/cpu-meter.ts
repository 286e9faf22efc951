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

/** Resolves once they are done with what they do after their answers, so that the next measurement is not burdened with it. */
export async function untilIdle(pids: PartyPids): Promise<void> {
  for (let since = Infinity; since > idle;) {
    const cpu = await startCpuMeter(pids);
    await sleep(1_000);
    const each = Object.values(await cpu(1));
    since = each.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  }
}

async function used(pids: PartyPids): Promise<PartyCpu> {
  const [service, postgres, temporal] = await Promise.all(parties.map((party) => processCpu(pids[party])));
  return { service: service ?? null, postgres: postgres ?? null, temporal: temporal ?? null };
}
