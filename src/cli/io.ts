import type { Readable, Writable } from 'node:stream';

/** Where a command reads and writes. */
export interface CliIo {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** @default the environment of the process */
  readonly env?: Readonly<Record<string, string | undefined>>;
}
