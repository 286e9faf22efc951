/** The work that is still to do. */
const works: (() => Promise<unknown>)[] = [];

/**
 * Runs work after all test files of the process, for resources that they share, where a hook of one file would be too
 * early.
 */
export function atEndOfRun(work: () => Promise<unknown>): void {
  works.push(work);
}

/** Called by mocha (`.mocharc.json`) and by the suite's own runner. A failure does not prevent the other work. */
export async function mochaGlobalTeardown(): Promise<void> {
  await Promise.allSettled(works.map((work) => work()));
}
