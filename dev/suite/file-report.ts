/** The result of one test file. */
export interface FileReport {
  /** Absolute path of the compiled file. */
  readonly file: string;
  /** Time of its tests and hooks together. */
  readonly milliseconds: number;
  readonly passing: number;
  readonly pending: number;
  /** The full titles of the tests and hooks that failed. */
  readonly failed: readonly string[];
  /** The tests with their outcomes, as mocha's reporter `spec` prints them. */
  readonly text: string;
  /** The failures as mocha prints them; empty when all passed. */
  readonly details: string;
}

/** The report of a file whose tests did not run, or not to the end. */
export function brokenFile(file: string, why: string): FileReport {
  return { file, milliseconds: 0, passing: 0, pending: 0, failed: [why], text: '', details: `  ${why}\n` };
}
