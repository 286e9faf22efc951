import { existsSync } from 'node:fs';
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StackAccess, stackAccess } from './client/stack-access.js';
import { startStack } from './stack/start-stack.js';
import { temporaryFolder } from './temporary-folder.js';

/** A development stack of one's own, on free ports, gone with all its state at the end. */
export interface TemporaryStack {
  readonly access: StackAccess;
  stop(): Promise<void>;
  /** Copies the logs to where they stay. Answers the new folder, or undefined when nothing has logged yet. */
  keepLogs(): Promise<string | undefined>;
}

/** How to start it. */
export interface TemporaryStackOptions {
  /** Milliseconds that every request to the object store is delayed. */
  readonly s3Latency: number;
}

/** The stack did not come up, or what was done with it failed; its logs are kept. */
export class StackFailure extends Error {
  override readonly name = 'StackFailure';

  /** @param logs The folder that keeps them, if there are any. */
  constructor(logs: string | undefined, cause: unknown) {
    const text = cause instanceof Error ? cause.message : String(cause);
    super(logs === undefined ? text : `${text}\nThe logs are kept in ${logs}`, { cause });
  }
}

/**
 * Starts a stack in a temporary folder.
 *
 * @throws {StackFailure} that says what was wrong and where the logs are.
 */
export async function startTemporaryStack({ s3Latency }: TemporaryStackOptions): Promise<TemporaryStack> {
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
    const stack = await startStack({ folder, ports: 'auto', s3Latency }, report);
    return { access: stackAccess(stack.variables()), stop: () => stack.stop(), keepLogs };
  } catch (error) {
    throw new StackFailure(await keepLogs(), error);
  }
}
