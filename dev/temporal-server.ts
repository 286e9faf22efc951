import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { GaveUp, poll } from './poll.js';
import { type Exit, logTail, type RunningProcess, startProcess } from './start-process.js';

const run = promisify(execFile);

/** What to start. */
export interface TemporalServerOptions {
  /** Path of the `temporal` command. */
  readonly cli: string;
  readonly port: number;
  /** Of the Web UI; without it there is none. */
  readonly uiPort?: number;
  /** Keeps workflows over restarts; without it they live in memory. Never shared by two servers. */
  readonly databaseFile?: string;
  readonly logFile: string;
  /** Added to its environment. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Ends the start with its reason when it aborts. */
  readonly signal?: AbortSignal;
}

/** A running Temporal development server on 127.0.0.1, namespace `default`. */
export interface TemporalServer {
  readonly pid: number;
  /** `host:port` for clients. */
  readonly address: string;
  /** Of the Web UI. */
  readonly uiUrl: string | undefined;
  readonly exited: Promise<Exit>;
  stop(): Promise<void>;
}

/**
 * Starts Temporal's development server; clients can connect when it resolves.
 *
 * @throws {Error} with the end of the server's log.
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
  // At `warn` it tells of every poll that its own stop cuts short.
  ...['--log-level', 'error'],
  // `temporal workflow pause` is refused without it.
  ...['--dynamic-config-value', 'frontend.WorkflowPauseEnabled=true'],
];

/** `TEMPORAL_ADDRESS` and its like, and the user's own configuration file, are for clients of another server. */
function withoutTemporalSettings(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  return { ...Object.fromEntries(kept), TEMPORAL_CONFIG_FILE: '/dev/null' };
}

/** Not the open port alone: the namespace must be there, too. */
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
