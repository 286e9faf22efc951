import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { LtdError } from '../domain/errors.js';

/** One attempt to sign in. */
interface SignInAttempt {
  readonly username: string;
  /** The client's address, as the trusted proxies report it. */
  readonly address: string;
}

/** Slows down clients that guess passwords. Counts are kept in this process's memory. */
export interface SignInGuard {
  /**
   * Returns the result of `check`, perhaps after a pause. Undefined means a wrong password and counts as a failure. An
   * attempt counts before its check, so parallel guesses pass no limit. A right password, or a check that throws, takes
   * the count back.
   *
   * @throws {LtdError} `too_many_attempts`, with the seconds after which to try again.
   */
  attempt<T>(attempt: SignInAttempt, check: () => Promise<T | undefined>): Promise<T | undefined>;
}

/** Options for tests. */
interface SignInGuardOptions {
  /** A monotonic clock in milliseconds. @default performance.now */
  readonly now?: () => number;
  /** @default a timer */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/** How many failures are allowed at once, and the milliseconds in which one is forgiven. */
interface Budget {
  readonly failures: number;
  readonly forgiveness: number;
}

/** Failures with one name from one network. Then that network is refused for that name. */
const pairBudget: Budget = { failures: 10, forgiveness: 60_000 };

/** Failures from one network, whatever the names. Then it is refused for names that never signed in from it. */
const networkBudget: Budget = { failures: 100, forgiveness: 5_000 };

/** Failures with one name, from anywhere. Then networks where the name never signed in have to pause. */
const nameBudget: Budget = { failures: 50, forgiveness: 10_000 };

/** Milliseconds. */
const pauseOfName = 2_000;

/** Attempts that may pause or wait for another check at a time: each holds a connection. */
const maxHeld = 500;

/** Keys of each kind, some 150 bytes each. */
const maxRemembered = 20_000;

/**
 * A guard that never locks a user out because of strangers. It refuses only a network that failed. It answers a name
 * that is guessed from many networks later, but never refuses it. Where a user has signed in before, failures of others
 * with the name, or with other names in that network, do not count.
 */
export function createSignInGuard(options: SignInGuardOptions = {}): SignInGuard {
  const { now = () => performance.now(), pause = sleep } = options;
  const pairs = new Failures(pairBudget, now);
  const networks = new Failures(networkBudget, now);
  const names = new Failures(nameBudget, now);
  const welcome = new LRUCache<string, true>({ max: maxRemembered });
  /** The latest check of each pair, while it goes on. */
  const checks = new Map<string, Promise<void>>();
  const hold = atMost(maxHeld);

  return {
    async attempt({ username, address }, check) {
      const network = digestOf(clientNetwork(address));
      const name = digestOf(username);
      const pair = `${name} ${network}`;
      const waitFor = (): number => Math.max(pairs.waitFor(pair), welcome.get(pair) ? 0 : networks.waitFor(network));
      for (let wait = waitFor(); wait > 0; wait = waitFor()) {
        // A running check of the pair may succeed, which clears its failures.
        const ongoing = checks.get(pair);
        if (ongoing === undefined) throw tooMany(wait);
        await hold(ongoing);
      }
      const pausing = names.waitFor(name) > 0;
      const checked = pairs.count(pair, () =>
        welcome.get(pair)
          ? check()
          : networks.count(network, () =>
              names.count(name, async () => {
                if (pausing) await hold(pause(pauseOfName));
                return check();
              }),
            ),
      );
      const over = Promise.allSettled([checked]).then(() => {
        if (checks.get(pair) === over) checks.delete(pair);
      });
      checks.set(pair, over);
      const found = await checked;
      if (found === undefined) return undefined;
      pairs.forgive(pair);
      welcome.set(pair, true);
      return found;
    },
  };
}

/**
 * Counts failures by key. One number stands for all failures of a key: when the last of them is forgiven (the generic
 * cell rate algorithm of ITU-T I.371).
 */
class Failures {
  readonly #forgivenAt = new LRUCache<string, number>({ max: maxRemembered });
  readonly #budget: Budget;
  readonly #now: () => number;

  constructor(budget: Budget, now: () => number) {
    this.#budget = budget;
    this.#now = now;
  }

  /** Milliseconds until another attempt is within the budget; 0 where it is now. */
  waitFor(key: string): number {
    const { failures, forgiveness } = this.#budget;
    return Math.max(0, this.#debt(key) - (failures - 1) * forgiveness);
  }

  /** Counts a failure at once, within the budget, and takes it back unless `check` finds nothing. */
  async count<T>(key: string, check: () => Promise<T | undefined>): Promise<T | undefined> {
    const charged = this.waitFor(key) > 0 ? 0 : this.#budget.forgiveness;
    this.#add(key, charged);
    let isWrong = false;
    try {
      const found = await check();
      isWrong = found === undefined;
      return found;
    } finally {
      if (!isWrong) this.#add(key, -charged);
    }
  }

  /** Forgets the failures of a key. */
  forgive(key: string): void {
    this.#forgivenAt.delete(key);
  }

  /** Milliseconds until all is forgiven. */
  #debt(key: string): number {
    return Math.max(0, (this.#forgivenAt.get(key) ?? 0) - this.#now());
  }

  #add(key: string, milliseconds: number): void {
    this.#forgivenAt.set(key, this.#now() + this.#debt(key) + milliseconds);
  }
}

/** Waits for so many promises at a time, and refuses the next. */
function atMost(limit: number): (ended: Promise<unknown>) => Promise<void> {
  let held = 0;
  return async (ended) => {
    if (held >= limit) throw tooMany(pauseOfName);
    held += 1;
    try {
      await ended;
    } finally {
      held -= 1;
    }
  };
}

/** Keeps keys short: names can be as long as a header. */
function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

function tooMany(milliseconds: number): LtdError {
  const retryAfter = Math.ceil(milliseconds / 1000);
  return new LtdError('too_many_attempts', `Too many passwords were wrong. Please try again in ${retryAfter} s.`, {
    retryAfter,
  });
}

/**
 * Returns the network of a client's address: an IPv4 address itself, or the first 64 bits of an IPv6 address, which is
 * what providers assign to one customer. Any other text is returned unchanged.
 */
export function clientNetwork(address: string): string {
  const bare = address.replace(/^\[(.*)\](?::\d+)?$/, '$1').replace(/%.*$/, '');
  const v4 = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?$/i.exec(bare)?.[1];
  if (v4 !== undefined) return v4;
  return bare.includes(':') ? `${firstGroups(bare).join(':')}::/64` : bare;
}

/** The first four of an IPv6 address's eight groups, in their shortest form. */
function firstGroups(address: string): readonly string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
}
