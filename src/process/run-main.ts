import { failureMessage } from './failure-message.js';

/**
 * Runs a program. What ends it is said in one line for a person where it was foreseen, whole where it was not; either
 * way the exit code is 1, for whoever supervises it to start it again.
 */
export async function runMain(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.exitCode = 1;
    process.stderr.write(`${failureMessage(error)}\n`);
  }
}
