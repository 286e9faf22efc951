/** A sentence, line or title that breaks a language rule of CONTRIBUTING.md. */
export interface Problem {
  /** Path of the file, relative to the checkout. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** What is wrong, with the text that is. */
  readonly message: string;
}
