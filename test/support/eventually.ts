import { poll } from '../../dev/poll.js';

/**
 * Polls until `look` returns something other than undefined or false, and returns that. The time-out only limits a
 * failing test and states nothing about speed.
 *
 * @throws {Error} "Timed out after … waiting for <what>", with the last error of `look` as `cause`.
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  timeout = 60_000,
): Promise<T> {
  return poll(look, { what, timeout, interval: 25 });
}
