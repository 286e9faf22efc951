import { existsSync } from 'node:fs';
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StackAccess, stackAccess } from './client/stack-access.js';
import { startStack } from './stack/start-stack.js';
import { temporaryFolder } from './temporary-folder.js';

/** A development stack on free ports, whose state is deleted at the end. */
export interface TemporaryStack {
  readonly access: StackAccess;
  stop(): Promise<void>;
  /** Copies the logs to a permanent folder. Returns it, or undefined when there are no logs. */
  keepLogs(): Promise<string | undefined>;
}

export interface TemporaryStackOptions {
  /** The delay of every request to the object store. Milliseconds. */
  readonly s3LatencyMs: number;
}

/** The stack did not start, or its user's work failed. Its logs are kept. */
export class StackFailure extends Error {
  override readonly name = 'StackFailure';

  /** @param logs The folder of the kept logs, if any. */
  constructor(logs: string | undefined, cause: unknown) {
    const text = cause instanceof Error ? cause.message : String(cause);
    super(logs === undefined ? text : `${text}\nThe logs are kept in ${logs}`, { cause });
  }
}

/** Starts a stack in a temporary folder. @throws {StackFailure} with the cause and the folder of the logs. */
export async function startTemporaryStack({ s3LatencyMs }: TemporaryStackOptions): Promise<TemporaryStack> {
  const folder = await temporaryFolder('ltd-keeper-stack');
  const logs = join(folder, 'logs');
  const keepLogs = async (): Promise<string | undefined> => {
    if (!existsSync(logs)) return undefined;
    const kept = await mkdtemp(join(tmpdir(), 'ltd-keeper-logs-'));
    await cp(logs, kept, { recursive: true });
    return kept;
  };
  const report = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  try {
    const stack = await startStack({ folder, ports: 'auto', s3LatencyMs }, report);
    return { access: stackAccess(stack.variables()), stop: () => stack.stop(), keepLogs };
  } catch (error) {
    throw new StackFailure(await keepLogs(), error);
  }
}
