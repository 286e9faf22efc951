import type { OverdueTurn } from '../../db/protocol/overdue.js';
import { keepCursor, passCursor } from '../../db/protocol/passes.js';
import { limitedSignal } from '../../process/limited-signal.js';
import type { PartReport, ReconcilePart } from '../../workflows/contract.js';
import type { ActivityDeps } from '../dependencies.js';

/** What one part of a pass looks at. Repeating an item must be harmless: a pass may be cut short and made again. */
export interface Part<T> {
  /** The items of this pass. Those with an id come in the order of their ids, and after the one of the turn. */
  readonly find: (turn: OverdueTurn) => Promise<readonly T[]>;
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
  await eachOf(items, concurrency, async (item) => {
    if (performance.now() > end) return;
    begun += 1;
    try {
      await within(timeoutMs, signal, (limited) => work(item, limited));
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

/** The result of the work, which is waited for no longer than this, whatever it makes of its signal. */
async function within<T>(
  milliseconds: number,
  source: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  source.throwIfAborted();
  const { signal, end } = limitedSignal(milliseconds, source);
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error); // that of limitedSignal, or of Temporal's cancellation
    });
  });
  late.catch(() => undefined); // the work may throw before the race awaits it
  try {
    return await Promise.race([work(signal), late]);
  } finally {
    end();
  }
}

/** Runs `work` on each item, `concurrency` at a time; after a failure it starts no more. */
export async function eachOf<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const item of queue) {
      if (failed) return;
      await work(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, lane));
}
