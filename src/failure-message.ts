import { ConfigError } from './config.js';
import { foreseenFailure } from './services/foreseen-failure.js';

/**
 * What ended a program, for the person who started it: a sentence where it was foreseen; a fault of ours keeps its
 * stack, for whoever mends it.
 */
export function failureMessage(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const failure = foreseenFailure(error);
  if (failure === undefined) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const { cause } = failure;
  return failure.code === 'unavailable' && cause instanceof Error
    ? `${failure.message} (${reasonOf(cause)})`
    : failure.message;
}

/** Node's error for a host with several addresses has no message of its own. */
function reasonOf(error: Error): string {
  return error instanceof AggregateError ? error.errors.map(String).join('; ') : error.message;
}
