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

/** The worker's production program as a process of its own. */
export interface WorkerProcess {
  readonly pid: number;
  /** Kills it with SIGKILL, as a crash or the kernel would. */
  kill(): Promise<void>;
  /** Freezes it until the returned function is called: no time passes for it. */
  freeze(): () => void;
  /** Stops it by SIGTERM, as its supervisor would, with a minute to hand over its work. */
  stop(): Promise<Exit>;
  /** The lines of its log. */
  lines(): Promise<readonly LogLine[]>;
  /** The lines with this message. */
  logged(message: string): Promise<readonly LogLine[]>;
}

/**
 * Starts the worker's program for the keeper. It stops, at the latest, when the keeper is closed.
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

/** Removes settings of a developer's shell for another service. The settings for coverage stay. */
function inherited(): NodeJS.ProcessEnv {
  const { PATH, NODE_V8_COVERAGE } = process.env;
  return { PATH, NODE_V8_COVERAGE };
}
