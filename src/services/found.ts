import { KeeperError } from '../domain/errors.js';

/**
 * What was looked for by a path of the API.
 *
 * @throws {KeeperError} `not_found`, in Keeper's words, where there is none.
 */
export function found<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new KeeperError('not_found', 'invalid resource URI');
  return row;
}
