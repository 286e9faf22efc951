import { databaseUnavailability } from './unavailable.js';
import { KeeperError } from '../domain/errors.js';

/** The failure that an error stands for: itself, or a database that cannot be used now. Undefined: a fault of ours. */
export function foreseenFailure(error: unknown): KeeperError | undefined {
  if (error instanceof KeeperError) return error;
  const why = databaseUnavailability(error);
  if (why === undefined) return undefined;
  return new KeeperError('unavailable', `${why} Please try again.`, { cause: error });
}
