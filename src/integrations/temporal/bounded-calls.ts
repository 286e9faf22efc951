import { KeeperError } from '../../domain/errors.js';
import { bounded } from './bounded.js';

/** How calls to Temporal are held back. */
export interface CallLimits {
  /** So many are under way; the others wait for their turn. */
  readonly atOnce: number;
  /** How long each is waited for, from when its turn has come. Milliseconds. */
  readonly patience: number;
}

/** A call that waits for its turn. */
interface Waiting {
  readonly begin: () => void;
  readonly refuse: (reason: unknown) => void;
}

/**
 * Makes calls a few at a time, in the order in which they are asked for: a server that is given hundreds at once answers
 * each of them late, and all of them too late. Where one is not answered in time, the server is taken to be down, and
 * those that wait are refused with it rather than tried one after the other.
 *
 * @throws {KeeperError} `unavailable`, from each call.
 */
export function boundedCalls({ atOnce, patience }: CallLimits): <T>(call: () => Promise<T>) => Promise<T> {
  const waiting: Waiting[] = [];
  let underWay = 0;
  return async (call) => {
    if (underWay >= atOnce)
      await new Promise<void>((begin, refuse) => {
        waiting.push({ begin, refuse });
      });
    else underWay += 1;
    try {
      return await bounded(patience, call);
    } catch (error) {
      if (error instanceof KeeperError) for (const { refuse } of waiting.splice(0)) refuse(error);
      throw error;
    } finally {
      const next = waiting.shift();
      if (next === undefined) underWay -= 1;
      else next.begin();
    }
  };
}
