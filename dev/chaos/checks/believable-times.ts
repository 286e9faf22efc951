import type { Check } from './violation.js';

/** Collecting the final state takes less, and a clock that is an hour ahead exceeds it. Milliseconds. */
const slack = 10 * 60_000;

/** No rebuild ended before it was requested, nor after the run: the clock of PostgreSQL dates it, not a worker's. */
export const believableTimes: Check = ({ events, final }) => {
  const last = events.reduce((latest, { at }) => Math.max(latest, at), 0);
  return final.rebuilds.flatMap(({ edition, generation, requestedAt, finishedAt }) => {
    const name = `generation ${generation} of edition ${edition}`;
    if (finishedAt !== null && finishedAt < requestedAt) return [`${name} ended before it was requested`];
    const latest = Math.max(requestedAt, finishedAt ?? requestedAt);
    return latest > last + slack ? [`${name} is dated after the end of the run`] : [];
  });
};
