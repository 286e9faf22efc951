import type { Knex } from 'knex';
import { signalProcess } from '../../dev/process-group.js';
import { testPostgres } from './servers.js';

/**
 * Freezes the PostgreSQL of the test run as a hanging host would: its connections stay open without an answer, and new
 * connections get none. Returns the function that continues it, which must be called.
 */
export async function freezePostgres(knex: Knex): Promise<() => void> {
  const { pid: postmaster } = await testPostgres();
  const { rows } = await knex.raw<{ rows: { pid: number }[] }>(
    'SELECT pid FROM pg_stat_activity WHERE datname = current_database()',
  );
  // The postmaster first, so that no unknown connection begins.
  const frozen = [postmaster, ...rows.map(({ pid }) => pid)];
  for (const pid of frozen) signalProcess(pid, 'SIGSTOP');
  return () => {
    for (const pid of frozen) signalProcess(pid, 'SIGCONT');
  };
}
