import { keepCursor, passCursor, type PassTurn } from '../../db/protocol/passes.js';
import { mapEach, withinTime } from '../../process/limits.js';
import type { PartReport, ReconcilePart } from '../../workflows/contract.js';
import type { ActivityDeps } from '../dependencies.js';

/** What one part of a pass looks at. Repeating an item must be harmless: a pass may be cut short and made again. */
export interface Part<T> {
  /** The items of this pass. Those with an id come in the order of their ids, and after the one of the turn. */
  readonly find: (turn: PassTurn) => Promise<readonly T[]>;
  /** Where the next pass goes on; null where `find` itself takes turns. */
  readonly idOf: ((item: T) => number) | null;
  readonly work: (item: T, signal: AbortSignal) => Promise<void>;
  /** The longest that one item may take. @default 10 s */
  readonly timeoutMs?: number;
}

/** One pass looks at no more than this many items of a part: the next pass is seconds away. */
const maxItems = 1_000;

/** So many items at a time: Temporal or a store is asked about each. */
const concurrency = 10;

/** After this no more items are begun: a pass ends before the next one is due. Milliseconds. */
const passTimeMs = 15_000;

/** A call to Temporal waits 7 s at most, a statement for less than that. Milliseconds. */
const itemTimeoutMs = 10_000;

/** Which part of which pass. */
interface PartOfPass<T> {
  readonly name: ReconcilePart;
  readonly part: Part<T>;
  readonly signal: AbortSignal;
}

/**
 * Looks at the items of one part of a pass, a few at a time. An item that fails, or takes too long, is logged and
 * counted, and keeps no other from its turn. What a pass does not get to is the next one's, on whichever worker.
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
