import type { Readable, Writable } from 'node:stream';

/** Where a command reads and writes. */
export interface CliIo {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** @default the environment of the process */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Ends a command that has already printed its failure: only the exit code remains to be set. */
export class ReportedFailure extends Error {
  constructor() {
    super('The command has told what is wrong.');
    this.name = 'ReportedFailure';
  }
}
