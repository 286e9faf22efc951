import type { Knex } from 'knex';
import { assertSchema } from '../db/migrate.js';
import { reasonOf } from '../process/failure-message.js';
import { withinTime } from '../process/limits.js';
import type { ApiDeps } from './deps.js';

/** Whether requests should be sent here. */
interface Readiness {
  /** By name: `ok`, or why it cannot be used. */
  readonly checks: Readonly<Record<string, string>>;
  /** Undefined: everything can be used. */
  readonly reason: string | undefined;
}

/** Supervisors ask often and wait little: what does not answer in this time counts as down. Milliseconds. */
const probeTimeout = 1000;

/** Asks everything that the service needs, but what is excluded, at once. */
export async function readiness(deps: Pick<ApiDeps, 'probes' | 'stopping'>, exclude?: string): Promise<Readiness> {
  const asked = Object.entries(deps.probes)
    .filter(([name]) => name !== exclude)
    .map(async ([name, probe]) => [name, await within(probeTimeout, probe)] as const);
  const answers = [...(await Promise.all(asked)), ...(deps.stopping.aborted ? [stopping] : [])];
  const broken = answers.filter(([, answer]) => answer !== 'ok');
  const reason = broken.map(([name, answer]) => `${name}: ${answer}`).join('; ');
  return { checks: Object.fromEntries(answers), reason: reason === '' ? undefined : reason };
}

const stopping = ['process', 'is about to stop'] as const;

async function within(timeoutMs: number, probe: () => Promise<void>): Promise<string> {
  const error = new Error(`does not answer within ${timeoutMs} ms`);
  return withinTime(timeoutMs, probe, { error }).then(() => 'ok', reasonOf);
}

/** What the API cannot work without. Each rejects with the reason when that part cannot be used. */
export function createProbes(asks: { knex: Knex; temporal: () => Promise<void> }): ApiDeps['probes'] {
  const { knex, temporal } = asks;
  return {
    database: async () => {
      await knex.raw('SELECT 1');
    },
    schema: () => assertSchema(knex),
    temporal,
  };
}
