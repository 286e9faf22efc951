import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { GaveUp, poll } from './poll.js';
import { type Exit, logTail, type RunningProcess, startProcess } from './start-process.js';

const run = promisify(execFile);

export interface TemporalServerOptions {
  /** Path of the `temporal` command. */
  readonly cli: string;
  readonly port: number;
  /** Port of the Web UI; without it the UI is off. */
  readonly uiPort?: number;
  /** Keeps workflows over restarts; without it they are in memory. Two servers must not share it. */
  readonly databaseFile?: string;
  readonly logFile: string;
  /** Additional environment variables. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Ends the start with its reason when it aborts. */
  readonly signal?: AbortSignal;
}

/** A running Temporal development server on 127.0.0.1, namespace `default`. */
export interface TemporalServer {
  readonly pid: number;
  /** `host:port` for clients. */
  readonly address: string;
  /** Address of the Web UI. */
  readonly uiUrl: string | undefined;
  readonly exited: Promise<Exit>;
  stop(): Promise<void>;
}

/**
 * Starts Temporal's development server. Resolves when clients can connect. @throws {Error} with the end of the server's
 * log.
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const { cli, port, uiPort, databaseFile, logFile, variables = {} } = options;
  const ui = uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)];
  const state = databaseFile === undefined ? [] : ['--db-filename', databaseFile];
  const server = await startProcess({
    name: 'Temporal',
    command: cli,
    args: ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), ...ui, ...state, ...always],
    logFile,
    env: { ...withoutTemporalSettings(), ...variables },
  });
  await untilServing(server, options);
  return {
    pid: server.pid,
    address: `127.0.0.1:${port}`,
    uiUrl: uiPort === undefined ? undefined : `http://127.0.0.1:${uiPort}`,
    exited: server.exited,
    stop: async () => {
      await server.stop();
    },
  };
}

const always = [
  // At `warn` it logs every poll that its own stop interrupts.
  ...['--log-level', 'error'],
  // `temporal workflow pause` requires it.
  ...['--dynamic-config-value', 'frontend.WorkflowPauseEnabled=true'],
];

/** `TEMPORAL_ADDRESS` and the like, and the user's configuration file, are for clients of another server. */
function withoutTemporalSettings(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  return { ...Object.fromEntries(kept), TEMPORAL_CONFIG_FILE: '/dev/null' };
}

/** An open port is not enough: the namespace must exist, too. */
async function untilServing(server: RunningProcess, { cli, port, signal }: TemporalServerOptions): Promise<void> {
  const question = ['operator', 'namespace', 'describe', '--namespace', 'default'];
  const look = async (): Promise<boolean> => {
    if (server.exit() !== undefined)
      throw new GaveUp(`Temporal ended while starting; its log says:\n${await logTail(server)}`);
    await run(cli, [...question, '--address', `127.0.0.1:${port}`], { env: withoutTemporalSettings() });
    return true;
  };
  try {
    await poll(look, { what: `Temporal to answer on port ${port} (log: ${server.logFile})`, signal });
  } catch (error) {
    await server.stop();
    throw error;
  }
}
