import type { Readable, Writable } from 'node:stream';

/** Where a command reads and writes. */
export interface CliIo {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** @default the environment of the process */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Ends a command that has printed all there is to say of it: nothing more is, and the exit code tells of a failure. */
export class ReportedFailure extends Error {
  constructor() {
    super('The command has told what is wrong.');
    this.name = 'ReportedFailure';
  }
}
