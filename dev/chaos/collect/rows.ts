import type pg from 'pg';
import type { FinalBuild, FinalEdition, FinalEvent, FinalRebuild, FinalState, FinalTask } from '../final-state.js';

/** What the database says. */
export type FinalRows = Pick<FinalState, 'editions' | 'rebuilds' | 'builds' | 'events' | 'dashboardsBehind'> & {
  readonly tasks: readonly Omit<FinalTask, 'told'>[];
};

const ms = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::float8`;

/** Reads the rows that the checks look at. */
export async function collectRows(database: pg.Pool): Promise<FinalRows> {
  const [editions, rebuilds, builds, events, tasks, behind] = await Promise.all([
    rowsOf<FinalEdition>(database, editionsQuery),
    rowsOf<FinalRebuild>(database, rebuildsQuery),
    rowsOf<FinalBuild>(database, buildsQuery),
    rowsOf<FinalEvent>(database, eventsQuery),
    rowsOf<Omit<FinalTask, 'told'>>(database, tasksQuery),
    rowsOf<{ slug: string }>(
      database,
      'SELECT slug FROM products WHERE dashboard_built_generation < dashboard_generation',
    ),
  ]);
  return { editions, rebuilds, builds, events, tasks, dashboardsBehind: behind.map(({ slug }) => slug) };
}

/** Whether every event was told, or given up. */
export async function isEverythingTold(database: pg.Pool): Promise<boolean> {
  const [row] = await rowsOf<{ told: boolean }>(
    database,
    'SELECT NOT EXISTS (SELECT FROM edition_events WHERE outcome IS NULL) AS told',
  );
  return row?.told === true;
}

/** Whether no edition, task or dashboard has anything to do, and the CDN is owed no purge. */
export async function isAtRest(database: pg.Pool): Promise<boolean> {
  const [row] = await rowsOf<{ restless: boolean }>(
    database,
    `SELECT EXISTS (SELECT FROM editions WHERE pending_rebuild OR dirty OR purge_done < purge_due)
      OR EXISTS (SELECT FROM held_slugs WHERE vacating)
      OR EXISTS (SELECT FROM tasks WHERE finished_at IS NULL)
      OR EXISTS (SELECT FROM products WHERE dashboard_built_generation < dashboard_generation)
      OR EXISTS (SELECT FROM products WHERE purge_done < purge_due) AS restless`,
  );
  return row?.restless === false;
}

const editionsQuery = `
  SELECT e.id, p.slug AS product, e.slug,
    CASE WHEN e.mode = 'git_refs' THEN e.tracked_refs END AS refs,
    e.date_ended IS NOT NULL AS deprecated,
    e.build_id AS declared, e.published_build_id AS published, e.published_slug AS "publishedSlug",
    e.pending_rebuild AS pending, e.dirty, e.plan_id IS NOT NULL OR e.writer_id IS NOT NULL AS busy,
    e.surrogate_key AS "surrogateKey",
    coalesce((SELECT array_agg(h.slug ORDER BY h.slug) FROM held_slugs h WHERE h.edition_id = e.id), '{}') AS held,
    ${ms('e.restore_after')} AS "restoreAfter"
  FROM editions e JOIN products p ON p.id = e.product_id ORDER BY e.id`;

const rebuildsQuery = `
  SELECT id::text, edition_id AS edition, generation, build_id AS build, slug, requested_by AS "requestedBy",
    ${ms('requested_at')} AS "requestedAt", ${ms('finished_at')} AS "finishedAt", outcome,
    superseded_by::text AS "supersededBy", error
  FROM rebuilds ORDER BY edition_id, generation`;

const buildsQuery = `
  SELECT b.id, p.slug AS product, b.slug, b.git_refs AS refs
  FROM builds b JOIN products p ON p.id = b.product_id ORDER BY b.id`;

const eventsQuery = `
  SELECT edition_id AS edition, outcome, substring(payload->'edition'->>'build_url' FROM '[0-9]+$')::int AS build
  FROM edition_events ORDER BY id`;

const tasksQuery = `
  SELECT t.id, t.status,
    coalesce((SELECT array_agg(r.rebuild_id::text) FROM task_rebuilds r WHERE r.task_id = t.id), '{}') AS rebuilds
  FROM tasks t ORDER BY t.created_at`;

async function rowsOf<Row extends object>(database: pg.Pool, query: string): Promise<readonly Row[]> {
  return (await database.query<Row>(query)).rows;
}
