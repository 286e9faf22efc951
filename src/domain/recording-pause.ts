/** The pause while objects arrive, at first; milliseconds. */
export const shortestPause = 5_000;

/** The pause where nothing has come for long: builds that nobody uploads must cost next to nothing. Milliseconds. */
export const maxPause = 5 * 60_000;

/**
 * The pause before the next look at a build that is being uploaded: twice the last one while nothing comes, short again
 * once something does, but in proportion to what a look takes, so that large builds are not looked at all the time.
 */
export function nextPause(pass: {
  readonly previous: number;
  readonly changed: boolean;
  /** How long the look took. */
  readonly took: number;
}): number {
  const wanted = pass.changed ? Math.max(shortestPause, 2 * pass.took) : 2 * pass.previous;
  return Math.min(maxPause, Math.max(shortestPause, wanted));
}
