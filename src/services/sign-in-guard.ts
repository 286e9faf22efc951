import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { clientNetwork } from '../domain/client-network.js';
import { KeeperError } from '../domain/errors.js';
import { afterFailure, type FailureBudget, type ForgivenAt, waitFor } from '../domain/failure-budget.js';
import { RecentMap } from './recent-map.js';

/** One try of a password. */
export interface SignInAttempt {
  readonly username: string;
  /** As far as the trusted proxies tell. */
  readonly address: string;
}

/** Slows down who guesses passwords, in the memory of this process alone. */
export interface SignInGuard {
  /**
   * What `check` finds, perhaps after a pause; undefined, and counted as a failure, for a wrong password. One that throws
   * counts as nothing.
   *
   * @throws {KeeperError} `too_many_attempts`, with the seconds after which to try again.
   */
  attempt<T>(attempt: SignInAttempt, check: () => Promise<T | undefined>): Promise<T | undefined>;
}

/** What a guard works with. Tests give their own. */
export interface SignInGuardOptions {
  /** Milliseconds, of any beginning. @default performance.now */
  readonly now?: () => number;
  /** @default of that many milliseconds */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/** Of one name from one network, after which that network is refused for that name. */
const ofPair: FailureBudget = { failures: 10, forgiveness: 60_000 };

/** Of one network, whatever the names, after which it is refused for names that it never signed in with. */
const ofNetwork: FailureBudget = { failures: 100, forgiveness: 5_000 };

/** Of one name, wherever from, after which who never signed in with it has to pause. */
const ofName: FailureBudget = { failures: 50, forgiveness: 10_000 };

/** Milliseconds. */
const pauseOfName = 2_000;

/** So many wait at most: each holds a connection. */
const mostPauses = 500;

/** Of each kind; some 150 bytes each. */
const mostRemembered = 20_000;

/**
 * A guard that never locks a user out on account of strangers. Only a network that failed is refused; a name that is
 * guessed at from many networks is answered later, never refused; and where a user has signed in before, neither what
 * others do with the name nor what they do with other names in that network counts.
 */
export function createSignInGuard(options: SignInGuardOptions = {}): SignInGuard {
  const { now = () => performance.now(), pause = sleep } = options;
  const pairs = new Failures(ofPair, now);
  const networks = new Failures(ofNetwork, now);
  const names = new Failures(ofName, now);
  const welcome = new RecentMap<true>(mostRemembered);
  const pauseInTurn = atMost(mostPauses, () => pause(pauseOfName));

  return {
    async attempt(attempt, check) {
      const network = digestOf(clientNetwork(attempt.address));
      const name = digestOf(attempt.username);
      const pair = `${name} ${network}`;
      const isWelcome = welcome.get(pair) === true;
      const wait = Math.max(pairs.waitFor(pair), isWelcome ? 0 : networks.waitFor(network));
      if (wait > 0) throw tooMany(wait);
      if (!isWelcome && names.waitFor(name) > 0) await pauseInTurn();
      const found = await check();
      if (found === undefined) {
        pairs.add(pair);
        if (!isWelcome)
          for (const [failures, key] of [
            [networks, network],
            [names, name],
          ] as const)
            failures.add(key);
      } else {
        pairs.forgive(pair);
        welcome.set(pair, true);
      }
      return found;
    },
  };
}

/** Failures of many names, of networks, or of pairs of them, by one budget. */
class Failures {
  readonly #known = new RecentMap<ForgivenAt>(mostRemembered);
  readonly #budget: FailureBudget;
  readonly #now: () => number;

  constructor(budget: FailureBudget, now: () => number) {
    this.#budget = budget;
    this.#now = now;
  }

  waitFor(key: string): number {
    return waitFor(this.#known.get(key), this.#now(), this.#budget);
  }

  add(key: string): void {
    this.#known.set(key, afterFailure(this.#known.get(key), this.#now(), this.#budget));
  }

  forgive(key: string): void {
    this.#known.set(key, undefined);
  }
}

/** Runs `pause` for so many at a time, and refuses the next. */
function atMost(limit: number, pause: () => Promise<unknown>): () => Promise<void> {
  let pausing = 0;
  return async () => {
    if (pausing >= limit) throw tooMany(pauseOfName);
    pausing += 1;
    try {
      await pause();
    } finally {
      pausing -= 1;
    }
  };
}

/** Names can be as long as a header: what is remembered of one is not. */
function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

function tooMany(milliseconds: number): KeeperError {
  const retryAfter = Math.ceil(milliseconds / 1000);
  return new KeeperError(
    'too_many_attempts',
    `Too many passwords were wrong. Please try again in ${retryAfter} s.`,
    { retryAfter },
  );
}
