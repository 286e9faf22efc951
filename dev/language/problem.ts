/** A sentence, line or title that breaks a language rule of CONTRIBUTING.md. */
export interface Problem {
  /** Path of the file, relative to the checkout. */
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  /** The rule, and the text that breaks it. */
  readonly message: string;
}
