/** What is still to be done. */
const works: (() => Promise<unknown>)[] = [];

/** Does this when all test files of the process have run: for what they share, where a hook of a file is too early. */
export function atEndOfRun(work: () => Promise<unknown>): void {
  works.push(work);
}

/** Called by mocha (`.mocharc.json`), and by the suite's own runner. One that fails does not keep the others from it. */
export async function mochaGlobalTeardown(): Promise<void> {
  await Promise.allSettled(works.map((work) => work()));
}
