import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import { assertSchema } from '../db/migrate.js';
import { probeTemporal } from '../integrations/temporal/probe.js';
import type { ApiDeps } from './deps.js';

/** What the API cannot work without. Each rejects with the reason when that part cannot be used. */
export function createProbes({ knex, temporal }: { knex: Knex; temporal: Client }): ApiDeps['probes'] {
  return {
    database: async () => {
      await knex.raw('SELECT 1');
    },
    schema: () => assertSchema(knex),
    temporal: () => probeTemporal(temporal),
  };
}
