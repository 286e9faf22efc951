import { databaseUnavailability } from './unavailable.js';
import { LtdError } from '../domain/errors.js';

/** The failure that an error stands for: itself, or a database that cannot be used now. Undefined: a fault of ours. */
export function foreseenFailure(error: unknown): LtdError | undefined {
  if (error instanceof LtdError) return error;
  const why = databaseUnavailability(error);
  if (why === undefined) return undefined;
  return new LtdError('unavailable', `${why} Please try again.`, { cause: error });
}
