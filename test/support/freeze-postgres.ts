import type { Knex } from 'knex';
import { signalProcess } from '../../dev/process-group.js';
import { testPostgres } from './servers.js';

/**
 * Stops the PostgreSQL of the test run as a host does that hangs: what is connected to the database stays so and hears
 * nothing, who connects to the server gets no answer. Returns what lets it go on, which has to be called.
 */
export async function freezePostgres(knex: Knex): Promise<() => void> {
  const { pid: postmaster } = await testPostgres();
  const { rows } = await knex.raw<{ rows: { pid: number }[] }>(
    'SELECT pid FROM pg_stat_activity WHERE datname = current_database()',
  );
  // The postmaster first, so that no connection comes that is not known.
  const frozen = [postmaster, ...rows.map(({ pid }) => pid)];
  for (const pid of frozen) signalProcess(pid, 'SIGSTOP');
  return () => {
    for (const pid of frozen) signalProcess(pid, 'SIGCONT');
  };
}
