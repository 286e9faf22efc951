import type { AttemptOutcome } from './admission.js';

/** Requests in flight at the beginning: few enough for any store. */
const initialWindow = 32;

/** Requests in flight when the store does not answer at all. */
const leastWindow = 4;

/** Additional requests in flight for a round trip without trouble, once the first trouble showed where the bound is. */
const windowStep = 8;

/** The slowest pace, in requests a second: slower would only look dead. */
const leastRate = 5;

/** What is left of the rate when the store refuses. Its answers tell how much it takes, so a little less will do. */
const rateCut = 0.85;

/** The most that one refusal takes of a known rate: at low rates what is counted is a matter of luck. */
const deepestCut = 0.6;

/**
 * How the rate grows (CUBIC, RFC 9438): by the cube of the time from when it will be back at what was refused. The AWS
 * SDK's adaptive mode has 0.4 for every store; so little takes a minute where a store takes thousands, so that a rate
 * is back after {@link restoredAfter} seconds at the latest.
 */
const leastCubicScale = 0.4;
const restoredAfter = 5;

/** The longest burst, in seconds of the rate. */
const burst = 0.05;

/** Over how long answers are counted, in milliseconds, and the weight of the newest count. */
const countingTime = 100;
const newestWeight = 0.5;

/** Weight of the newest round trip in the mean. */
const roundTripWeight = 1 / 16;

/** One attempt that ended. Times in milliseconds, of the clock that `now` is of. */
export interface EndedAttempt {
  readonly sentAt: number;
  readonly cost: number;
  readonly outcome: Exclude<AttemptOutcome, 'unsent'>;
  /** Whether there were as many in flight as the window allows: else it is not known to be too small. */
  readonly wasFull: boolean;
}

/**
 * Decides how many requests of one kind may be in flight and how many may be sent a second, from how the store takes
 * them; knows no clock and sends nothing.
 *
 * The *window* bounds what is in flight: it doubles with each round trip until the first trouble, then grows step by
 * step, and is halved when requests stay unanswered. A store that *refuses* (503 SlowDown) counts requests a second,
 * and a window alone would swing around that: so a refusal sets a *rate*, a little below what the store was seen to
 * answer, which comes back to the refused rate slowly, rests there, and then looks further (CUBIC). Trouble counts once
 * a round trip: what was sent before the last cut says nothing of what the store thinks of the cut.
 */
export class CongestionControl {
  readonly #most: number;
  #window: number;
  #slowStart = true;
  #cutAt = Number.NEGATIVE_INFINITY;
  #roundTrip = 0;
  /** Requests a second, as it was after the last cut; null until the store first refused. */
  #pace: { readonly refused: number; readonly cut: number; readonly at: number } | null = null;
  #tokens = 0;
  #tokensAt = 0;
  #answered = { since: 0, cost: 0, rate: 0 };

  /** `most`: the largest window. */
  constructor(most: number) {
    this.#most = most;
    this.#window = Math.min(initialWindow, most);
  }

  /** Requests that may be in flight. */
  get window(): number {
    return Math.floor(this.#window);
  }

  /** Whether fewer are let through than at the beginning, because the store was in trouble. */
  get isHeldBack(): boolean {
    return !this.#slowStart && this.#window < Math.min(initialWindow, this.#most);
  }

  /** Requests that may be sent a second; null while the store has refused none. */
  rate(now: number): number | null {
    if (this.#pace === null) return null;
    const { refused, cut, at } = this.#pace;
    const seconds = (now - at) / 1_000;
    const scale = Math.max(leastCubicScale, (refused - cut) / restoredAfter ** 3);
    const back = Math.cbrt((refused - cut) / scale);
    const grown = refused + scale * (seconds - back) ** 3;
    // What was not asked for says nothing: after a rest the rate is what it was when the store last refused.
    return Math.max(leastRate, Math.min(grown, Math.max(refused, 2 * this.#answerRate(now))));
  }

  /** Milliseconds until the next request may be sent; infinite when one in flight has to end first. */
  delay(now: number, inFlight: number): number {
    if (inFlight >= this.window) return Number.POSITIVE_INFINITY;
    const rate = this.#refill(now);
    if (rate === null || this.#tokens >= 1) return 0;
    return ((1 - this.#tokens) / rate) * 1_000;
  }

  /** Notes a request that is sent, right after {@link delay} gave 0. */
  sent(cost: number): void {
    // It may go below nothing: what is large is sent whole, and paid for afterwards.
    if (this.#pace !== null) this.#tokens -= cost;
  }

  /** Takes back what was noted by {@link sent}. */
  unsent(cost: number): void {
    if (this.#pace !== null) this.#tokens += cost;
  }

  /** Recording from a request that ended. */
  ended(now: number, attempt: EndedAttempt): void {
    if (attempt.outcome === 'answered') this.#succeed(now, attempt);
    else if (attempt.sentAt >= this.#cutAt) this.#cut(now, attempt.outcome);
  }

  #succeed(now: number, { sentAt, cost, wasFull }: EndedAttempt): void {
    this.#countAnswer(now, cost);
    const took = now - sentAt;
    this.#roundTrip = this.#roundTrip === 0 ? took : this.#roundTrip + (took - this.#roundTrip) * roundTripWeight;
    if (!wasFull) return;
    const growth = this.#slowStart ? 1 : windowStep / this.#window;
    this.#window = Math.min(this.#most, this.#window + growth);
  }

  #cut(now: number, outcome: 'refused' | 'unanswered'): void {
    if (outcome === 'refused') this.#cutRate(now);
    // A rate that is known bounds what is in flight by itself: the window must not bound it further.
    const needed = (2 * (this.rate(now) ?? 0) * this.#roundTrip) / 1_000;
    const least = Math.min(this.#most, Math.max(leastWindow, outcome === 'refused' ? needed : 0));
    this.#window = Math.max(least, this.#window / 2);
    this.#slowStart = false;
    this.#cutAt = now;
  }

  #cutRate(now: number): void {
    const known = this.rate(now);
    const seen = this.#answerRate(now);
    const refused = known === null ? seen : Math.min(known, Math.max(seen, known * deepestCut));
    const cut = Math.max(leastRate, refused * rateCut);
    this.#pace = { refused: Math.max(refused, cut), cut, at: now };
    this.#tokens = 0;
    this.#tokensAt = now;
  }

  #refill(now: number): number | null {
    const rate = this.rate(now);
    if (rate === null) return null;
    const earned = ((now - this.#tokensAt) / 1_000) * rate;
    this.#tokens = Math.min(Math.max(1, rate * burst), this.#tokens + earned);
    this.#tokensAt = now;
    return rate;
  }

  #countAnswer(now: number, cost: number): void {
    this.#closeCount(now);
    this.#answered.cost += cost;
  }

  /** Answers a second, of late. */
  #answerRate(now: number): number {
    this.#closeCount(now);
    const { since, cost, rate } = this.#answered;
    if (rate > 0) return rate;
    // The first count is all there is until it is complete; it began with the first answer, a round trip late.
    return (cost / Math.max(now - since, this.#roundTrip, 1)) * 1_000;
  }

  #closeCount(now: number): void {
    const { since, cost, rate } = this.#answered;
    const elapsed = now - since;
    if (elapsed < countingTime) return;
    const newest = (cost / elapsed) * 1_000;
    const weight = rate === 0 ? 1 : 1 - (1 - newestWeight) ** (elapsed / countingTime);
    const mean = rate + (newest - rate) * weight;
    this.#answered = { since: now, cost: 0, rate: mean };
  }
}
