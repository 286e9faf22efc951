/** What came of the tests of one file. */
export interface FileReport {
  /** Absolute path of the compiled file. */
  readonly file: string;
  /** How long its tests and hooks took together. */
  readonly milliseconds: number;
  readonly passing: number;
  readonly pending: number;
  /** The full titles of the tests and hooks that failed. */
  readonly failed: readonly string[];
  /** The tests with their outcomes, as mocha's reporter `spec` prints them. */
  readonly text: string;
  /** What went wrong in those that failed, as mocha prints it; empty where none did. */
  readonly details: string;
}

/** The report of a file whose tests did not run, or not to their end. */
export function brokenFile(file: string, why: string): FileReport {
  return { file, milliseconds: 0, passing: 0, pending: 0, failed: [why], text: '', details: `  ${why}\n` };
}
