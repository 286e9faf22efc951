import { keepCursor, passCursor, type PassTurn } from '../../db/protocol/passes.js';
import { mapEach, withinTime } from '../../process/limits.js';
import type { PartReport, ReconcilePart } from '../../workflows/contract.js';
import type { ActivityDeps } from '../dependencies.js';

/** One part of a Reconcile pass. Items must be safe to repeat, because a pass may be interrupted and retried. */
export interface Part<T> {
  /** Returns the items of this pass; if they have ids, in ascending order after the turn's id. */
  readonly find: (turn: PassTurn) => Promise<readonly T[]>;
  /** Returns the id after which the next pass continues; null if `find` itself takes turns. */
  readonly idOf: ((item: T) => number) | null;
  readonly work: (item: T, signal: AbortSignal) => Promise<void>;
  /** The time limit of one item. @default 10 s */
  readonly timeoutMs?: number;
}

/** Items of one part in one pass. */
const maxItems = 1_000;

/** Each item sends requests to Temporal or a store. */
const concurrency = 10;

/** A pass begins no item later than this, so that it ends before the next pass. Milliseconds. */
const passTimeMs = 15_000;

/** A call to Temporal waits 7 s at most, a statement for less than that. Milliseconds. */
const itemTimeoutMs = 10_000;

/** A part and the signal of its pass. */
interface PartOfPass<T> {
  readonly name: ReconcilePart;
  readonly part: Part<T>;
  readonly signal: AbortSignal;
}

/**
 * Works on the items of one part, several at a time. It logs and counts an item that fails or times out, and
 * continues with the others. The next pass continues with the remaining items.
 */
export async function passOver<T>(
  { knex, logger, metrics }: Pick<ActivityDeps, 'knex' | 'logger' | 'metrics'>,
  { name, part, signal }: PartOfPass<T>,
): Promise<PartReport> {
  const { find, idOf, work, timeoutMs = itemTimeoutMs } = part;
  const after = idOf === null ? 0 : await passCursor(knex, name);
  const items = await find({ after, limit: maxItems });
  const end = performance.now() + passTimeMs;
  let begun = 0;
  let failed = 0;
  await mapEach(items, concurrency, async (item) => {
    if (performance.now() > end) return;
    begun += 1;
    try {
      await withinTime(timeoutMs, (limited) => work(item, limited), { source: signal });
    } catch (error) {
      signal.throwIfAborted();
      failed += 1;
      metrics.reconcileFailed(name);
      logger.warn({ part: name, item, err: error }, 'a pass of Reconcile failed with one item');
    }
  });
  const last = items[begun - 1];
  const isThrough = begun === items.length && begun < maxItems;
  const next = isThrough || idOf === null || last === undefined ? 0 : idOf(last);
  if (next !== after) await keepCursor(knex, name, next);
  return { done: begun - failed, failed };
}
