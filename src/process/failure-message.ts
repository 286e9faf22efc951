import { ConfigError } from '../config/load-config.js';
import { foreseenFailure } from '../db/unavailable.js';

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

/** What an error says. Node's for a host with several addresses says nothing itself, its parts do. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
