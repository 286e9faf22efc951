import { hasCode } from '../../domain/errors.js';
import { writerTiming } from '../../domain/time-limits.js';
import { isNoCredentials } from '../aws-credentials.js';
import type { AttemptOutcome, Turn } from './admission.js';
import { Deadline } from './deadline.js';
import type { Gate } from './object-store.js';

/** How often and how long one request is tried. Times in milliseconds. */
export interface AttemptPolicy {
  /** @default 5 */
  readonly maxAttempts: number;
  /**
   * The longest that an attempt may take, connecting and reading the answer included.
   * @default writerTiming.maxWrite: whoever takes over from a writer waits this long for the last request that it sent.
   */
  readonly timeout: number;
  /** The longest pause before the second attempt; it doubles for each further one. @default 200 */
  readonly backoff: number;
}

/** The policy unless told otherwise. */
export const defaultAttemptPolicy: AttemptPolicy = {
  maxAttempts: 5,
  timeout: writerTiming.maxWrite,
  backoff: 200,
};

/** One request to the store. */
export interface StoreRequest<T> {
  readonly gate: Gate | undefined;
  /** Resolves when an attempt may be sent; each waits for a turn of its own. At once when it is left out. */
  enter?(): Promise<Turn>;
  /** Sends it once; must settle soon after the deadline has passed. */
  send(deadline: Deadline): Promise<T>;
  /** What an attempt came to, by its answer or by what `send` threw. @default answered */
  judge?(end: { readonly answer: T } | { readonly error: unknown }): AttemptOutcome;
  /** Makes a `LtdError` of whatever `send` threw. */
  translate(error: unknown): Error;
}

/**
 * Sends a request until it succeeds, fails for good or has been tried often enough; only `store_unavailable` is tried
 * again. Safe because every request of the store is idempotent. The gate is asked before each attempt, after its turn
 * has come.
 */
export async function attempt<T>(policy: AttemptPolicy, request: StoreRequest<T>): Promise<T> {
  for (let made = 1; ; made += 1) {
    const turn = await request.enter?.();
    try {
      request.gate?.();
    } catch (error) {
      turn?.end('unsent');
      throw error;
    }
    const deadline = new Deadline(policy.timeout);
    try {
      const answer = await request.send(deadline);
      turn?.end(request.judge?.({ answer }) ?? 'answered');
      return answer;
    } catch (thrown) {
      // The SDK's own AbortError says nothing of the reason. A credentials provider does, and it came before the
      // request.
      const error = isNoCredentials(thrown) ? thrown : (deadline.passed ?? thrown);
      turn?.end(request.judge?.({ error }) ?? 'answered');
      const failure = request.translate(error);
      if (made >= policy.maxAttempts || !hasCode(failure, 'store_unavailable')) throw failure;
    } finally {
      deadline.end();
    }
    await pause(policy.backoff * 2 ** (made - 1));
  }
}

/**
 * Waits between half and all of `longest`: jitter keeps many requests that failed together from coming back together.
 */
async function pause(longest: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
}
