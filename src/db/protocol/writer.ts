import type { Knex } from 'knex';
import { type PartialModelObject, raw } from 'objection';
import { LtdError } from '../../domain/errors.js';
import type { RebuildPlan } from '../../workflows/contract.js';
import { Edition, type RecordedPhase } from '../models/edition.js';
import { lockEdition } from './lock.js';
import { onePurgeMore } from './owed-purges.js';

/** The part of a plan that an attempt proves itself with. */
export type PlanToken = Pick<RebuildPlan, 'planId' | 'editionId' | 'target'>;

/** An attempt that has acquired the writer lease. */
export interface WriterClaim {
  readonly writerId: string;
  /**
   * Milliseconds since the predecessor last renewed, by the database's clock, if it did not release its lease: its
   * writes may still be under way. Null if no attempt held the lease.
   */
  readonly predecessorSeenAgo: number | null;
  /** Whether no attempt since the last clean publication may have begun to write. */
  readonly isFirst: boolean;
  /** What may have been written to the prefix before, for a copy; null where that is not known. */
  readonly known: WrittenBuilds | null;
  /** The row's `purge_due`, which this claim has raised. */
  readonly purgeDue: number;
}

/** The builds that wrote what is at an edition's prefix, all of it under the policy of the claim. By their ids. */
export interface WrittenBuilds {
  readonly published: number | null;
  /** Those of earlier attempts, which may not have got far. */
  readonly tried: readonly number[];
}

/** What the writer's place is taken for. */
export type WriterWork = (
  | /** `policy`: what the copy's objects get beside what the build says. */
    { readonly kind: 'copy'; readonly policy: string }
  | { readonly kind: 'removal' }
) & {
  /** True where no CDN is configured: then no purge becomes due. @default false */
  readonly uncached?: boolean;
};

/**
 * Takes the place of the edition's writer for this plan, and notes that its build may be written from now on. One more
 * purge is due before the first write, so an attempt that dies leaves it owed.
 *
 * @param work - `copy` starts the plan's record anew, and what is known of the prefix ends where it was written under
 * another policy; `removal` demands that a copy is recorded as done.
 * @throws {LtdError} `plan_void` when another plan has begun or this one was settled; `verification_failed` when a
 * removal finds no finished copy, for instance after the copy was completed by hand.
 */
export async function claimWriter(trx: Knex.Transaction, plan: PlanToken, work: WriterWork): Promise<WriterClaim> {
  const before = await lockEdition(trx, plan.editionId);
  if (before.plan_id !== plan.planId) throw planVoid();
  if (work.kind === 'removal' && before.phase === null)
    throw new LtdError('verification_failed', 'The copy is not recorded as done: it is done again.');
  const { rows } = await trx.raw<{
    rows: { writer_id: string; purge_due: number; seen_ago: number | null }[];
  }>(
    /* sql */ `
    UPDATE editions AS e SET
      writer_id = gen_random_uuid(),
      writer_seen_at = clock_timestamp(),
      phase = CASE WHEN :restart THEN NULL ELSE e.phase END,
      headers_policy = CASE WHEN :restart AND e.headers_policy <> cast(:policy AS text) THEN NULL ELSE e.headers_policy END,
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

/** The builds that may have been written, the plan's among them. */
const triedWithTarget = /* sql */ `CASE
  WHEN :target::int IS NULL OR :target::int = ANY (e.tried_builds) THEN e.tried_builds
  ELSE e.tried_builds || :target::int
END`;

/** What an UPDATE sets besides, to make one more purge due. */
function duePurge({ uncached = false }: Pick<WriterWork, 'uncached'>): string {
  const { purge_due: due, purge_since: since } = onePurgeMore;
  return uncached ? '' : `, purge_due = ${due}, purge_since = ${since}`;
}

/** Stamps the writer as alive, and answers whether both tokens are still the ones in the row. */
export async function checkWriter(knex: Knex, plan: PlanToken, writerId: string): Promise<boolean> {
  const matched = await Edition.query(knex)
    .where({ id: plan.editionId, plan_id: plan.planId, writer_id: writerId })
    .patch({ writer_seen_at: raw('clock_timestamp()') });
  return matched === 1;
}

/** The facts that an attempt records when it releases the lease. */
export interface Departure {
  readonly writerId: string;
  /** What it has done, where it is done. */
  readonly record?: RecordedPhase;
  /** For a copy that is done: the policy that it was done under. */
  readonly policy?: string;
  /** Whether what was known of the headers at the prefix turned out to be wrong. */
  readonly headersLost?: boolean;
  /** Slugs whose prefixes it has emptied and seen empty. */
  readonly vacated?: readonly string[];
  /** True where no CDN is configured. @default false: one more purge is due */
  readonly uncached?: boolean;
  /**
   * Of an attempt that wrote nothing: the `purgeDue` of its claim. The claim's purge is no longer owed then, unless
   * something else is.
   */
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
  departure: Departure,
): Promise<'recorded' | 'released' | 'lost'> {
  const edition = await lockEdition(trx, plan.editionId);
  if (edition.writer_id !== departure.writerId) {
    await recordOverlap(trx, plan, departure);
    return 'lost';
  }
  const current = edition.plan_id === plan.planId;
  const record = current ? departure.record : undefined;
  await Edition.query(trx)
    .findById(edition.id)
    .patch({
      writer_id: null,
      ...purgeColumns(departure),
      ...(departure.headersLost === true ? { headers_policy: null } : {}),
      ...(record === undefined ? {} : { phase: record }),
      ...(record === undefined || departure.policy === undefined ? {} : { copied_policy: departure.policy }),
    });
  if (record !== undefined && departure.vacated !== undefined && departure.vacated.length > 0)
    await trx('held_slugs')
      .where({ edition_id: edition.id, vacating: true })
      .whereIn('slug', departure.vacated)
      .delete();
  return current ? 'recorded' : 'released';
}

/** What the end of an attempt changes of the edition's purge. */
function purgeColumns({ uncached = false, unchangedSince }: Departure): PartialModelObject<Edition> {
  if (uncached) return {};
  if (unchangedSince === undefined)
    return { purge_due: raw(onePurgeMore.purge_due), purge_since: raw(onePurgeMore.purge_since) };
  // Nothing but the claim's own purge may be owed: else what is owed is somebody else's write.
  const isOurs = 'purge_due = :claimed AND purge_done = :claimed - 1';
  const done = `CASE WHEN ${isOurs} THEN purge_due ELSE purge_done END`;
  return { purge_done: raw(done, { claimed: unchangedSince }) };
}

async function recordOverlap(trx: Knex.Transaction, plan: PlanToken, departure: Departure): Promise<void> {
  await trx.raw(
    /* sql */ `UPDATE editions AS e SET dirty = true, plan_id = NULL, plan_generation = NULL, phase = NULL,
      headers_policy = NULL, tried_builds = ${triedWithTarget}${duePurge(departure)} WHERE e.id = :editionId`,
    { editionId: plan.editionId, target: plan.target?.id ?? null },
  );
}

function planVoid(): LtdError {
  return new LtdError('plan_void', 'The plan was replaced: the workflow begins again with the current one.');
}
