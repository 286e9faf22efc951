import type { Knex } from 'knex';
import { assertSchema } from '../db/migrate.js';
import type { ApiDeps } from './deps.js';

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
