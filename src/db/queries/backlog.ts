import type { Knex } from 'knex';
import { owesPurge } from '../protocol/owed-purges.js';

/** Unfinished work. An age is 0 if there is none. */
export interface Backlog {
  readonly rebuilds: number;
  readonly oldestRebuildSeconds: number;
  readonly tasks: number;
  readonly oldestTaskSeconds: number;
  readonly dashboards: number;
  readonly events: number;
  readonly oldestEventSeconds: number;
  /** Editions and dashboards whose purge is due. */
  readonly purges: number;
  readonly oldestPurgeSeconds: number;
}

/** One statement. Partial indexes find unfinished rows, so the history may grow. */
const query = `
  SELECT r.n::integer AS rebuilds, r.age AS "oldestRebuildSeconds",
         t.n::integer AS tasks, t.age AS "oldestTaskSeconds",
         d.n::integer AS dashboards,
         e.n::integer AS events, e.age AS "oldestEventSeconds",
         p.n::integer AS purges, p.age AS "oldestPurgeSeconds"
  FROM (SELECT count(*) AS n, ${ageOf('requested_at')} FROM rebuilds WHERE outcome IS NULL) r,
       (SELECT count(*) AS n, ${ageOf('created_at')} FROM tasks WHERE finished_at IS NULL) t,
       (SELECT count(*) AS n FROM products WHERE dashboard_built_generation < dashboard_generation) d,
       (SELECT count(*) AS n, ${ageOf('created_at')} FROM edition_events WHERE outcome IS NULL) e,
       (SELECT count(*) AS n, ${ageOf('purge_since')} FROM (
          SELECT purge_since FROM editions WHERE ${owesPurge}
          UNION ALL SELECT purge_since FROM products WHERE ${owesPurge}) AS owed) p`;

/** Reads the backlog. */
export async function readBacklog(knex: Knex): Promise<Backlog> {
  const { rows } = await knex.raw<{ rows: [Backlog] }>(query);
  return rows[0];
}

function ageOf(column: string): string {
  return `coalesce(greatest(0, extract(epoch FROM now() - min(${column}))), 0)::float8 AS age`;
}
