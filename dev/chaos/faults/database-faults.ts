import pg from 'pg';
import { type ChaosStack, observerName } from '../chaos-stack.js';
import type { AppliedFault, Fault } from './fault.js';
import type { databaseFaults } from './fault-kinds.js';

/** What PostgreSQL says when it takes no more: `too_many_connections`. */
const tooMany = '53300';

const faults: Readonly<Record<(typeof databaseFaults)[number], Fault>> = {
  'postgres has no connections left': holdConnections,
};

/** Makes PostgreSQL misbehave; at the end, that is over. */
export function databaseFault(kind: (typeof databaseFaults)[number]): Fault {
  return faults[kind];
}

/** Takes every connection that is free, cuts those that the service has, and takes what that frees. */
async function holdConnections({ stack }: ChaosStack): Promise<AppliedFault> {
  const url = stack.variables()['DATABASE_URL'] ?? '';
  const held: pg.Client[] = [];
  const letGo = (): Promise<unknown> => Promise.allSettled(held.map((client) => client.end()));
  try {
    await takeAll(url, held);
    await held[0]?.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE backend_type = 'client backend' AND application_name <> $1`,
      [observerName],
    );
    await takeAll(url, held);
    return { detail: `${held.length} connections held`, end: letGo };
  } catch (error) {
    await letGo();
    throw error;
  }
}

async function takeAll(url: string, held: pg.Client[]): Promise<void> {
  for (;;) {
    const client = new pg.Client({ connectionString: url, application_name: observerName });
    // A server that is killed cuts it.
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === tooMany) return;
      throw error;
    }
    held.push(client);
  }
}
