import type { Knex } from 'knex';
import { owesPurge } from './protocol/owed-purges.js';

/** The server and the role. */
export interface DatabaseFacts {
  /** As `18.4`. */
  readonly version: string;
  /** As 180004. */
  readonly versionNumber: number;
  readonly role: string;
  readonly isStandby: boolean;
  /** By the server's clock. */
  readonly now: Date;
}

/** Reads version, role and clock of PostgreSQL. */
export async function inspectDatabase(knex: Knex): Promise<DatabaseFacts> {
  const { rows } = await knex.raw<{ rows: DatabaseFacts[] }>(/* sql */ `
    SELECT current_setting('server_version') AS version,
      current_setting('server_version_num')::int AS "versionNumber",
      current_user AS role, pg_is_in_recovery() AS "isStandby", clock_timestamp() AS now`);
  const [facts] = rows;
  if (facts === undefined) throw new TypeError('PostgreSQL returned no row');
  return facts;
}

/** Returns the privileges that the role lacks, as `INSERT on editions`. */
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

/** Work that waits, for the doctor. */
export interface Backlog {
  /** Editions that need work. */
  readonly editions: number;
  /** Ids of at most 5 of them whose published build could not be restored. */
  readonly unrestored: readonly number[];
  /** Ids of at most 5 without a page to show, whose objects could not be deleted. */
  readonly unremoved: readonly number[];
  /** The age of the oldest unfinished rebuild; null if there is none. */
  readonly oldestMinutes: number | null;
  readonly oldestEdition: number | null;
}

/** Reads how many editions wait, which cannot be restored, and the oldest unfinished rebuild. */
export async function inspectBacklog(knex: Knex): Promise<Backlog> {
  const { rows } = await knex.raw<{ rows: Backlog[] }>(/* sql */ `
    WITH failed AS (
      SELECT id, published_build_id IS NOT NULL AND NOT deleting AS shows FROM editions
      WHERE (pending_rebuild OR dirty) AND restore_failures > 0
    )
    SELECT (SELECT count(*)::int FROM editions WHERE pending_rebuild OR dirty) AS editions,
      ARRAY(SELECT id FROM failed WHERE shows ORDER BY id LIMIT 5) AS unrestored,
      ARRAY(SELECT id FROM failed WHERE NOT shows ORDER BY id LIMIT 5) AS unremoved,
      floor(extract(epoch FROM now() - oldest.requested_at) / 60)::int AS "oldestMinutes",
      oldest.edition_id AS "oldestEdition"
    FROM (SELECT 1) AS one
    LEFT JOIN (
      SELECT requested_at, edition_id FROM rebuilds WHERE outcome IS NULL ORDER BY requested_at LIMIT 1
    ) AS oldest ON true`);
  return rows[0] ?? { editions: 0, unrestored: [], unremoved: [], oldestMinutes: null, oldestEdition: null };
}

/** Purges that the CDN has not confirmed. */
export interface OwedPurges {
  readonly editions: number;
  readonly dashboards: number;
  /** The age of the oldest; 0 if there is none. */
  readonly oldestSeconds: number;
  /** Why the latest attempt failed; null if none failed. */
  readonly error: string | null;
}

/** Reads how many purges are due, since when, and the latest error. */
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
