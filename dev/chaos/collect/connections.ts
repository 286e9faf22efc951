import { type ChaosStack, observerName } from '../chaos-stack.js';
import { poolSize } from '../pool-size.js';

/** Two of the API and two workers, each with its pool. */
const maxConnections = 4 * poolSize;

/** Connections beyond what the pools may hold, and transactions left open. */
export async function collectConnections({ database }: ChaosStack): Promise<readonly string[]> {
  const { rows } = await database.query<{ name: string; state: string | null; query: string }>(
    `SELECT application_name AS name, state, query FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> $1`,
    [observerName],
  );
  const open = rows.filter(({ state }) => state?.startsWith('idle in transaction') === true);
  return [
    ...open.map(({ name, query }) => `${name} has a transaction open: ${query.slice(0, 200)}`),
    ...(rows.length > maxConnections ? [`${rows.length} connections, and the pools may hold ${maxConnections}`] : []),
  ];
}
