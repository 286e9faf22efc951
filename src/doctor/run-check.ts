import { setTimeout as sleep } from 'node:timers/promises';
import { failureMessage } from '../process/failure-message.js';
import { failure, type Finding } from './finding.js';

/** One thing to look at. */
export interface Check {
  /** As {@link Finding.check} of its own findings begins. */
  readonly name: string;
  /** What to do when it cannot even be looked at. */
  readonly advice: string;
  /** Milliseconds after which it counts as not answering. */
  readonly timeout: number;
  /** Looks; stops soon after the signal aborts. */
  look(signal: AbortSignal): Promise<readonly Finding[]>;
}

/** What a check finds. Never throws: what it throws, or that it takes too long, is a finding. */
export async function runCheck(check: Check): Promise<readonly Finding[]> {
  const { name, advice, timeout } = check;
  const over = new AbortController();
  const late = sleep(timeout, undefined, { signal: over.signal }).then(() => [
    failure(name, `There was no answer within ${timeout / 1_000} s.`, advice),
  ]);
  late.catch(() => undefined); // how an aborted timer ends
  const looked = check
    .look(over.signal)
    .catch((error: unknown) => [failure(name, failureMessage(error), advice)]);
  try {
    return await Promise.race([looked, late]);
  } finally {
    over.abort();
  }
}
