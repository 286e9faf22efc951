import { LtdError } from '../domain/errors.js';

/**
 * What was looked for by a path of the API.
 *
 * @throws {LtdError} `not_found`, in Keeper's words, where there is none.
 */
export function found<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new LtdError('not_found', 'invalid resource URI');
  return row;
}
