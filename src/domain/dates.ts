/**
 * Formats a date for clients: `2026-11-24T02:26:11Z`. Fractions are cut off, since LTD Dasher parses exactly
 * `%Y-%m-%dT%H:%M:%SZ` and answers 500 to any other format.
 *
 * @throws {RangeError} for an invalid date.
 */
export function formatDate(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
