/**
 * A date as clients read it, `2026-11-24T02:26:11Z`. Fractions are cut off: Dasher parses with exactly
 * `%Y-%m-%dT%H:%M:%SZ` and answers 500 to anything else.
 *
 * @throws {RangeError} for an invalid date.
 */
export function formatDate(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
