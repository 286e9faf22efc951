import type { Knex } from 'knex';
import { loadConfig } from '../config/load-config.js';
import { createKnex } from '../db/knex.js';
import { assertSchema } from '../db/migrate.js';
import type { CliIo } from './io.js';

/** Runs `work` with a connection to the configured database, whatever its schema. */
export async function withDatabase<T>(io: CliIo, work: (knex: Knex) => Promise<T>): Promise<T> {
  const config = loadConfig('cli', io.env);
  const knex = createKnex({
    url: config.databaseUrl.reveal(),
    poolSize: 2,
    timeoutsMs: config.databaseTimeoutsMs,
    applicationName: 'ltd-keeper command line',
  });
  try {
    return await work(knex);
  } finally {
    await knex.destroy();
  }
}

/** As {@link withDatabase}, on a schema that is new enough for this program. */
export async function withCurrentSchema<T>(io: CliIo, work: (knex: Knex) => Promise<T>): Promise<T> {
  return withDatabase(io, async (knex) => {
    await assertSchema(knex);
    return work(knex);
  });
}
