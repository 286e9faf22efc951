import { type Finding, ok, warning } from './finding.js';

/** S3 refuses requests whose time is 15 minutes off (RequestTimeTooSkewed); long before that somebody should look. Seconds. */
const tolerance = 60;

/** Compares a clock with this machine's. Stores tell whole seconds. */
export function judgeClock(check: string, theirs: Date, ours: Date): Finding {
  const seconds = Math.round((theirs.getTime() - ours.getTime()) / 1_000);
  if (Math.abs(seconds) <= tolerance) return ok(check, 'Its clock agrees with this machine’s.');
  return warning(
    check,
    `Its clock is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} this machine’s.`,
    'Set both by NTP: a store refuses requests that are 15 minutes off, and dates would be wrong.',
  );
}
