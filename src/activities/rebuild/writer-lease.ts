import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { transaction } from '../../db/transaction.js';
import {
  checkWriter,
  acquireWriter,
  type WriterRelease,
  noteEmptyPrefix,
  type PlanToken,
  releaseWriter,
  type AcquiredLease,
  type WriterWork,
  type WrittenBuilds,
} from '../../db/protocol/writer.js';
import { hasCode, LtdError } from '../../domain/errors.js';
import { type WriterTiming, writerTiming } from '../../domain/time-limits.js';
import type { ServiceLogger } from '../../services/ports.js';

/** Whose lease it is, and what for. */
export interface LeaseRequest {
  readonly plan: PlanToken;
  readonly work: WriterWork;
  /** Aborts the attempt from outside: cancellation, shutdown. */
  readonly signal: AbortSignal;
}

/** What {@link withWriterLease} works with. */
export interface LeaseDeps {
  readonly knex: Knex;
  readonly logger: ServiceLogger;
  /** Signals the edition's workflow after this attempt lost the lease to another. */
  readonly wake: () => Promise<void>;
  /** The same for every attempt at an edition, wherever it runs. @default writerTiming */
  readonly timing?: WriterTiming;
}

/** The right to write, for as long as it lasts. */
export interface WriterLease {
  /** Aborted from outside, or as soon as a check finds that the row is somebody else's. */
  readonly signal: AbortSignal;
  /**
   * To be called immediately before each request that changes the bucket.
   *
   * @throws {LtdError} `plan_void` when the row is somebody else's, `unavailable` when it could not be checked for a
   * lease: either way nothing may be sent any more.
   */
  readonly mayWrite: () => void;
}

/** The place of the writer as it was taken over. */
export interface WriterPlace extends WriterLease {
  /** Whether no attempt since the last clean publication may have begun to write. */
  readonly isFirst: boolean;
  /** For a copy: what earlier attempts may have written; null where that is not known. */
  readonly known: WrittenBuilds | null;
  /** For a copy, before its first write: nothing at all was at the prefix. */
  readonly noteEmptyPrefix: () => Promise<void>;
}

/** What an attempt has done when it ends well. */
export type Work<T> = Pick<WriterRelease, 'record' | 'vacated'> & {
  readonly result: T;
  /** True where it sent no write at all: then it makes no purge due. @default false */
  readonly wroteNothing?: boolean;
};

/**
 * Runs `work` as the one writer of an edition's prefixes: claims the place, waits until a predecessor that did not let
 * go can have nothing under way any more, checks the row while working, and lets go at the end.
 *
 * `work` must not settle before every request that it has sent is answered, whether it ends well or not.
 *
 * @throws {LtdError} `plan_void` when the plan ended meanwhile.
 */
export async function withWriterLease<T>(
  deps: LeaseDeps,
  request: LeaseRequest,
  work: (place: WriterPlace) => Promise<Work<T>>,
): Promise<T> {
  request.signal.throwIfAborted();
  const asOf = performance.now();
  const claim = await transaction(deps.knex, (trx) => acquireWriter(trx, request.plan, request.work));
  const watch = watchRow(deps, request, { writerId: claim.writerId, asOf });
  try {
    // Not released when this is cut short: what the predecessor sent may still arrive, so the successor waits too.
    await predecessorGone(claim, watch.signal, deps.timing);
    const release = { ...request, writerId: claim.writerId, purgeDue: claim.purgeDue };
    return await workAndRelease(deps, release, () => work({ ...watch, ...knowledge(deps, release, claim) }));
  } finally {
    watch.stop();
  }
}

interface Release extends LeaseRequest {
  readonly writerId: string;
  readonly purgeDue: number;
}

function knowledge(
  { knex }: LeaseDeps,
  { plan, work, writerId }: Release,
  { known, isFirst }: AcquiredLease,
): Pick<WriterPlace, 'known' | 'isFirst' | 'noteEmptyPrefix'> {
  return {
    known,
    isFirst,
    noteEmptyPrefix: async () => {
      if (work.kind === 'copy') await noteEmptyPrefix(knex, plan, { writerId, policy: work.policy });
    },
  };
}

async function workAndRelease<T>(deps: LeaseDeps, release: Release, work: () => Promise<Work<T>>): Promise<T> {
  let done: Work<T>;
  try {
    done = await work();
  } catch (error) {
    // Earlier copies of a build that differs from its manifest may have used that manifest.
    await depart(deps, release, { headersLost: hasCode(error, 'source_changed') }).catch((failure: unknown) => {
      // The row keeps this writer's token, so its successor waits for the end of the lease.
      deps.logger.warn({ err: failure }, 'the writer lease could not be released');
    });
    throw error;
  }
  const { result, wroteNothing = false, ...departure } = done;
  const policy = release.work.kind === 'copy' ? { policy: release.work.policy } : {};
  const unchanged = wroteNothing ? { unchangedSince: release.purgeDue } : {};
  const left = await depart(deps, release, { ...departure, ...policy, ...unchanged });
  if (left !== 'recorded') throw new LtdError('plan_void', 'The plan ended while its work was under way.');
  return result;
}

async function depart(
  deps: LeaseDeps,
  { plan, writerId, work: { uncached = false } }: Release,
  departure: Omit<WriterRelease, 'writerId' | 'uncached'>,
): Promise<'recorded' | 'released' | 'lost'> {
  const left = await transaction(deps.knex, (trx) => releaseWriter(trx, plan, { writerId, uncached, ...departure }));
  if (left === 'lost') {
    deps.logger.warn(
      { plan_id: plan.planId, edition_id: plan.editionId },
      'overlapped with another writer; the edition is rebuilt',
    );
    await deps.wake();
  }
  return left;
}

/** Waits until every request that the predecessor may have sent has arrived or timed out. */
async function predecessorGone(
  { predecessorSeenAgo }: AcquiredLease,
  signal: AbortSignal,
  { lease, maxWrite } = writerTiming,
): Promise<void> {
  if (predecessorSeenAgo === null) return;
  // Less than nothing where PostgreSQL's clock was set back: it was seen before this claim, whatever the clock says.
  const rest = lease + maxWrite - Math.max(0, predecessorSeenAgo);
  signal.throwIfAborted();
  // The timer's own AbortError would be taken for a cancellation, whatever the reason: throw the reason.
  if (rest > 0)
    await sleep(rest, undefined, { signal }).catch(() => {
      signal.throwIfAborted();
    });
}

/** Checks that wait for an answer at a time: a database that stalls must not cost a worker all its connections. */
const maxUnanswered = 2;

/** Checks the row until stopped. A check that gets no answer leaves the lease to run out. */
function watchRow(
  deps: LeaseDeps,
  { plan, signal }: LeaseRequest,
  { writerId, asOf }: { writerId: string; asOf: number },
): WriterLease & { stop(): void } {
  const { lease, checkInterval } = deps.timing ?? writerTiming;
  const fenced = new AbortController();
  // From before the request was sent: the row was ours at some moment after that.
  let lastSeen = asOf;
  let unanswered = 0;
  const check = async (): Promise<void> => {
    const sent = performance.now();
    if (await checkWriter(deps.knex, plan, writerId)) lastSeen = Math.max(lastSeen, sent);
    else fenced.abort(new LtdError('plan_void', 'The plan was settled or replaced: this attempt stops.'));
  };
  const timer = setInterval(() => {
    if (unanswered >= maxUnanswered) return;
    unanswered += 1;
    check()
      .catch((error: unknown) => {
        deps.logger.warn({ err: error }, 'the row of the edition could not be checked');
      })
      .finally(() => {
        unanswered -= 1;
      });
  }, checkInterval);
  return {
    signal: AbortSignal.any([signal, fenced.signal]),
    mayWrite: () => {
      fenced.signal.throwIfAborted();
      if (performance.now() - lastSeen > lease)
        throw new LtdError(
          'unavailable',
          `The database did not answer for ${lease / 1_000} s: writing stops until it does.`,
        );
    },
    stop: () => {
      clearInterval(timer);
    },
  };
}
