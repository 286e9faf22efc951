import { poll } from '../../dev/poll.js';

/**
 * Waits until `look` gives something other than undefined or false, and returns it. For what happens by itself, soon;
 * the time-out only bounds a failure and is no statement about speed.
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
