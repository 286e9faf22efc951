import type { Knex } from 'knex';
import { owesPurge } from './protocol/owed-purges.js';

/** The server, and the database as it shows itself to this role. */
export interface DatabaseFacts {
  /** As `18.4`. */
  readonly version: string;
  /** As PostgreSQL counts: 180004. */
  readonly versionNumber: number;
  readonly role: string;
  /** A standby takes no writes. */
  readonly isStandby: boolean;
  /** By the server's clock. */
  readonly now: Date;
}

/** What PostgreSQL says of itself. */
export async function inspectDatabase(knex: Knex): Promise<DatabaseFacts> {
  const { rows } = await knex.raw<{ rows: DatabaseFacts[] }>(/* sql */ `
    SELECT current_setting('server_version') AS version,
      current_setting('server_version_num')::int AS "versionNumber",
      current_user AS role, pg_is_in_recovery() AS "isStandby", clock_timestamp() AS now`);
  const [facts] = rows;
  if (facts === undefined) throw new TypeError('PostgreSQL answered no row');
  return facts;
}

/** What the role may not do and the service does, as `INSERT on editions`. Empty: it may do everything. */
export async function missingPrivileges(knex: Knex): Promise<readonly string[]> {
  const { rows } = await knex.raw<{ rows: { missing: string }[] }>(/* sql */ `
    SELECT privilege || ' on ' || relname AS missing
    FROM pg_class CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege
    WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
      AND relname NOT LIKE 'schema\\_migrations%'
      AND NOT has_table_privilege(pg_class.oid, privilege)
    ORDER BY relname, privilege`);
  return rows.map(({ missing }) => missing);
}

/** What waits to be done. */
export interface Backlog {
  /** Editions that need work. */
  readonly editions: number;
  /** Of them, those whose published build could not be restored, by their ids; the first few. */
  readonly unrestored: readonly number[];
  /** Those whose objects could not be removed, for they never published or are deprecated; the first few. */
  readonly unremoved: readonly number[];
  /** How long ago the longest waiting unfinished rebuild was asked for; null where there is none. */
  readonly oldestMinutes: number | null;
  readonly oldestEdition: number | null;
}

/** What waits to be done, by the rows. */
export async function inspectBacklog(knex: Knex): Promise<Backlog> {
  const { rows } = await knex.raw<{ rows: Backlog[] }>(/* sql */ `
    WITH failed AS (
      SELECT id, published_build_id IS NOT NULL AND NOT deleting AS shows FROM editions
      WHERE (pending_rebuild OR dirty) AND restore_failures > 0
    )
    SELECT (SELECT count(*)::int FROM editions WHERE pending_rebuild OR dirty) AS editions,
      ARRAY(SELECT id FROM failed WHERE shows ORDER BY id LIMIT 5) AS unrestored,
      ARRAY(SELECT id FROM failed WHERE NOT shows ORDER BY id LIMIT 5) AS unremoved,
      floor(extract(epoch FROM now() - oldest.requested_at) / 60)::int AS "oldestMinutes", oldest.edition_id AS "oldestEdition"
    FROM (SELECT 1) AS one
    LEFT JOIN (
      SELECT requested_at, edition_id FROM rebuilds WHERE outcome IS NULL ORDER BY requested_at LIMIT 1
    ) AS oldest ON true`);
  return rows[0] ?? { editions: 0, unrestored: [], unremoved: [], oldestMinutes: null, oldestEdition: null };
}

/** The purges that the CDN has not confirmed. */
export interface OwedPurges {
  readonly editions: number;
  readonly dashboards: number;
  /** How long the oldest of them is owed; 0 where none is. */
  readonly oldestSeconds: number;
  /** Why the newest try of one of them failed; null where none failed. */
  readonly error: string | null;
}

/** Reads how many purges are owed, since when, and why. */
export async function inspectOwedPurges(knex: Knex): Promise<OwedPurges> {
  const owed = (table: string): string =>
    `SELECT '${table}' AS owner, purge_since, purge_after, purge_error FROM ${table} WHERE ${owesPurge}`;
  const { rows } = await knex.raw<{ rows: [OwedPurges] }>(/* sql */ `
    SELECT (count(*) FILTER (WHERE owner = 'editions'))::int AS editions,
      (count(*) FILTER (WHERE owner = 'products'))::int AS dashboards,
      coalesce(extract(epoch FROM now() - min(purge_since)), 0)::float8 AS "oldestSeconds",
      (array_agg(purge_error ORDER BY purge_after DESC NULLS LAST) FILTER (WHERE purge_error IS NOT NULL))[1] AS error
    FROM (${owed('editions')} UNION ALL ${owed('products')}) AS owed`);
  return rows[0];
}
