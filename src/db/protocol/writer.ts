import type { Knex } from 'knex';
import { type PartialModelObject, raw } from 'objection';
import { LtdError } from '../../domain/errors.js';
import type { RebuildPlan } from '../../workflows/contract.js';
import { Edition, type RecordedPhase } from '../models/edition.js';
import { lockEdition } from './lock.js';
import { onePurgeMore } from './owed-purges.js';

/** The part of a plan by which an attempt shows that the plan is current. */
export type PlanToken = Pick<RebuildPlan, 'planId' | 'editionId' | 'target'>;

/** An attempt that has acquired the writer lease. */
export interface AcquiredLease {
  readonly writerId: string;
  /**
   * Milliseconds since the predecessor last renewed, by the database's clock, if it did not release its lease: its
   * writes may still be under way. Null if no attempt held the lease.
   */
  readonly predecessorSeenAgo: number | null;
  /** Whether no attempt since the last clean publication may have begun to write. */
  readonly isFirst: boolean;
  /** For a copy: the builds that may have been written to the prefix; null if that is unknown. */
  readonly known: WrittenBuilds | null;
  /** The row's `purge_due`, which this acquisition has raised. */
  readonly purgeDue: number;
}

/** Ids of the builds that wrote the objects at an edition's prefix, all under the current policy. */
export interface WrittenBuilds {
  readonly published: number | null;
  /** Of earlier attempts, which may not have written everything. */
  readonly tried: readonly number[];
}

/** The work for which an attempt acquires the lease. */
export type WriterWork = (
  | /** `policy`: the headers, ACL and place that all objects of the copy get. */
    { readonly kind: 'copy'; readonly policy: string }
  | { readonly kind: 'removal' }
) & {
  /** Whether no CDN is configured: then no purge becomes due. @default false */
  readonly uncached?: boolean;
};

/**
 * Acquires the edition's writer lease for this plan, adds its build to the tried ones, and makes a purge due before the
 * first write, so a purge stays due if the attempt dies.
 *
 * @param work - `copy` resets the phase, and the headers policy if it is another; `removal` needs a recorded copy.
 * @throws {LtdError} `plan_void` if the plan is not current; `verification_failed` if a removal finds no recorded copy,
 * for instance after a person completed the copy by hand.
 */
export async function acquireWriter(trx: Knex.Transaction, plan: PlanToken, work: WriterWork): Promise<AcquiredLease> {
  const before = await lockEdition(trx, plan.editionId);
  if (before.plan_id !== plan.planId) throw planVoid();
  if (work.kind === 'removal' && before.phase === null)
    throw new LtdError('verification_failed', 'No finished copy is recorded; the workflow copies again.');
  const { rows } = await trx.raw<{
    rows: { writer_id: string; purge_due: number; seen_ago: number | null }[];
  }>(
    /* sql */ `
    UPDATE editions AS e SET
      writer_id = gen_random_uuid(),
      writer_seen_at = clock_timestamp(),
      phase = CASE WHEN :restart THEN NULL ELSE e.phase END,
      headers_policy = CASE
        WHEN :restart AND e.headers_policy <> cast(:policy AS text) THEN NULL ELSE e.headers_policy END,
      copied_policy = CASE WHEN :restart THEN NULL ELSE e.copied_policy END,
      tried_builds = ${triedWithTarget}${duePurge(work)}
    FROM (SELECT id, writer_id, writer_seen_at FROM editions WHERE id = :editionId) AS old
    WHERE e.id = old.id
    RETURNING e.writer_id, e.purge_due,
      CASE WHEN old.writer_id IS NULL THEN NULL
      ELSE (extract(epoch FROM clock_timestamp() - old.writer_seen_at) * 1000)::float8 END AS seen_ago`,
    {
      editionId: plan.editionId,
      restart: work.kind === 'copy',
      policy: work.kind === 'copy' ? work.policy : null,
      target: plan.target?.id ?? null,
    },
  );
  const [row] = rows;
  if (row === undefined) throw planVoid();
  const isKnown = work.kind === 'copy' && before.headers_policy === work.policy;
  return {
    writerId: row.writer_id,
    predecessorSeenAgo: row.seen_ago,
    isFirst: before.writer_id === null && before.tried_builds.length === 0,
    known: isKnown ? { published: before.published_build_id, tried: before.tried_builds } : null,
    purgeDue: row.purge_due,
  };
}

/**
 * Records that the prefix was empty when this writer began. Objects found there later were written under its policy by
 * the builds that the row names. Changes nothing after another writer acquired the lease.
 */
export async function noteEmptyPrefix(
  knex: Knex,
  plan: PlanToken,
  { writerId, policy }: { readonly writerId: string; readonly policy: string },
): Promise<void> {
  await Edition.query(knex)
    .where({ id: plan.editionId, plan_id: plan.planId, writer_id: writerId })
    .patch({ headers_policy: policy, may_hold_objects: true });
}

const triedWithTarget = /* sql */ `CASE
  WHEN :target::int IS NULL OR :target::int = ANY (e.tried_builds) THEN e.tried_builds
  ELSE e.tried_builds || :target::int
END`;

function duePurge({ uncached = false }: Pick<WriterWork, 'uncached'>): string {
  const { purge_due: due, purge_since: since } = onePurgeMore;
  return uncached ? '' : `, purge_due = ${due}, purge_since = ${since}`;
}

/** Renews the writer lease. Returns false if the plan or the writer has changed. */
export async function checkWriter(knex: Knex, plan: PlanToken, writerId: string): Promise<boolean> {
  const matched = await Edition.query(knex)
    .where({ id: plan.editionId, plan_id: plan.planId, writer_id: writerId })
    .patch({ writer_seen_at: raw('clock_timestamp()') });
  return matched === 1;
}

/** The facts that an attempt records when it releases the lease. */
export interface WriterRelease {
  readonly writerId: string;
  /** The finished step, if it is finished. */
  readonly record?: RecordedPhase;
  /** The policy of a finished copy. */
  readonly policy?: string;
  /** Whether the attempt found headers that differ from the recorded ones. */
  readonly headersLost?: boolean;
  /** Former slugs whose prefixes are verified to be empty. */
  readonly vacated?: readonly string[];
  /** Whether no CDN is configured. @default false: one more purge is due */
  readonly uncached?: boolean;
  /** Of an attempt that wrote nothing: its `purgeDue`, whose purge is taken back unless another one is due. */
  readonly unchangedSince?: number;
}

/**
 * Releases the writer lease once every request has its answer, and records the finished step if the plan still stands.
 *
 * If another attempt has acquired the lease meanwhile, both may have written. Then the edition becomes dirty, its plan
 * ends, nothing is known of its headers, and the build joins the tried ones. The caller signals the edition.
 *
 * @returns `recorded` if the plan still stands, `released` if it does not, `lost` if another attempt holds the lease.
 */
export async function releaseWriter(
  trx: Knex.Transaction,
  plan: PlanToken,
  release: WriterRelease,
): Promise<'recorded' | 'released' | 'lost'> {
  const edition = await lockEdition(trx, plan.editionId);
  if (edition.writer_id !== release.writerId) {
    await recordOverlap(trx, plan, release);
    return 'lost';
  }
  const current = edition.plan_id === plan.planId;
  const record = current ? release.record : undefined;
  await Edition.query(trx)
    .findById(edition.id)
    .patch({
      writer_id: null,
      ...purgeColumns(release),
      ...(release.headersLost === true ? { headers_policy: null } : {}),
      ...(record === undefined ? {} : { phase: record }),
      ...(record === undefined || release.policy === undefined ? {} : { copied_policy: release.policy }),
    });
  if (record !== undefined && release.vacated !== undefined && release.vacated.length > 0)
    await trx('held_slugs').where({ edition_id: edition.id, vacating: true }).whereIn('slug', release.vacated).delete();
  return current ? 'recorded' : 'released';
}

function purgeColumns({ uncached = false, unchangedSince }: WriterRelease): PartialModelObject<Edition> {
  if (uncached) return {};
  if (unchangedSince === undefined)
    return { purge_due: raw(onePurgeMore.purge_due), purge_since: raw(onePurgeMore.purge_since) };
  // If another purge is due, it is of another attempt's write.
  const isOurs = 'purge_due = :claimed AND purge_done = :claimed - 1';
  const done = `CASE WHEN ${isOurs} THEN purge_due ELSE purge_done END`;
  return { purge_done: raw(done, { claimed: unchangedSince }) };
}

async function recordOverlap(trx: Knex.Transaction, plan: PlanToken, release: WriterRelease): Promise<void> {
  await trx.raw(
    /* sql */ `UPDATE editions AS e SET dirty = true, plan_id = NULL, plan_generation = NULL, phase = NULL,
      headers_policy = NULL, tried_builds = ${triedWithTarget}${duePurge(release)} WHERE e.id = :editionId`,
    { editionId: plan.editionId, target: plan.target?.id ?? null },
  );
}

function planVoid(): LtdError {
  return new LtdError('plan_void', 'Another plan has replaced this one; the workflow continues with the current plan.');
}
