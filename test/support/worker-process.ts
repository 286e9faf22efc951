import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildRoot } from '../../scripts/paths.js';
import { signalGroup } from '../../dev/process-group.js';
import { type Exit, type RunningProcess, startProcess } from '../../dev/start-process.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { workflowBundle } from '../../scripts/workflow-bundle.js';
import type { TestKeeper } from './keeper.js';
import { keeperEnvironment } from './keeper-environment.js';

/** A line of the worker's log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** The worker that production runs, as a process of its own. */
export interface WorkerProcess {
  readonly pid: number;
  /** As a crash or the kernel would: no handler runs. */
  kill(): Promise<void>;
  /** Stops it in its tracks until the returned function lets it go on: to itself no time passes. */
  freeze(): () => void;
  /** By SIGTERM, as whoever supervises it would, with a minute to hand over. */
  stop(): Promise<Exit>;
  /** The lines that it has logged. */
  lines(): Promise<readonly LogLine[]>;
  /** Those with this message. */
  logged(message: string): Promise<readonly LogLine[]>;
}

/**
 * Starts the worker's program for the keeper. It is stopped, at the latest, when the keeper is closed.
 *
 * @param variables More of its environment.
 */
export async function startWorkerProcess(
  keeper: TestKeeper,
  variables: Readonly<Record<string, string>> = {},
): Promise<WorkerProcess> {
  await workflowBundle(variables['OTEL_EXPORTER_OTLP_ENDPOINT'] === undefined ? 'plain' : 'traced');
  const logFile = join(await temporaryFolder('test-worker'), 'worker.log');
  const child = await startProcess({
    name: 'worker',
    command: process.execPath,
    args: [join(buildRoot, 'src', 'worker', 'main.js')],
    logFile,
    env: { ...inherited(), ...keeperEnvironment(keeper), ...variables },
  });
  keeper.cleanUp.push(async () => {
    await child.stop();
  });
  const lines = async (): Promise<readonly LogLine[]> => {
    const written = (await readFile(logFile, 'utf8')).split('\n').filter((line) => line.startsWith('{'));
    return written.map((line) => JSON.parse(line) as LogLine);
  };
  return {
    pid: child.pid,
    kill: () => kill(child),
    freeze: () => {
      signalGroup(child.pid, 'SIGSTOP');
      return () => {
        signalGroup(child.pid, 'SIGCONT');
      };
    },
    stop: () => child.stop(60_000),
    lines,
    logged: async (message) => (await lines()).filter((line) => line['msg'] === message),
  };
}

async function kill(child: RunningProcess): Promise<void> {
  process.kill(child.pid, 'SIGKILL');
  await child.exited;
}

/** Nothing that a developer's shell has set for another service. What counts coverage stays. */
function inherited(): NodeJS.ProcessEnv {
  const { PATH, NODE_V8_COVERAGE } = process.env;
  return { PATH, NODE_V8_COVERAGE };
}
