import { join } from 'node:path';
import { buildRoot } from '../../scripts/paths.js';
import { GaveUp, poll } from '../poll.js';
import { ensureDatabase, startPostgres } from '../postgres.js';
import { logTail, type RunningProcess, startProcess } from '../start-process.js';
import { startTemporalServer } from '../temporal-server.js';
import {
  edgeVariables,
  metricsVariables,
  objectStoreVariables,
  programEnvironment,
  serviceVariables,
  type StackFacts,
  type Variables,
} from './environment.js';
import type { StackOptions } from './options.js';
import { ownerVariable } from './processes-file.js';
import type { Running, Service } from './supervise.js';

/** A Node program of the stack. */
interface Program {
  readonly name: string;
  /** Relative to the folder of compiled code. */
  readonly script: string;
  /** The folder of compiled code. @default this checkout's */
  readonly code?: string;
  readonly args?: readonly string[];
  readonly variables: Variables;
  /** The start polls it until any answer. */
  readonly readyUrl?: string;
  /** Ends the wait for that answer. */
  readonly signal?: AbortSignal;
}

/** One of several processes of a program, counted from 1. */
export interface Numbered {
  readonly number: number;
}

/** `api` is the API's first process, `api-2` the second. */
export function numberedName(program: string, { number }: Numbered): string {
  return number === 1 ? program : `${program}-${number}`;
}

/** Starts a compiled program as a child process, with its log in `logs/`. */
export async function startProgram(folder: string, program: Program): Promise<RunningProcess> {
  const child = await startProcess({
    name: program.name,
    command: process.execPath,
    args: ['--enable-source-maps', join(program.code ?? buildRoot, program.script), ...(program.args ?? [])],
    logFile: join(folder, 'logs', `${program.name}.log`),
    env: { ...programEnvironment(process.env, program.variables), [ownerVariable]: folder },
  });
  const { readyUrl, signal } = program;
  if (readyUrl !== undefined) await untilAnswers(child, readyUrl, signal);
  return child;
}

/** PostgreSQL, with the stack's database in it. */
export function postgresService(
  { folder, maxConnections }: StackOptions,
  { ports, secrets, signal }: StackFacts,
  database: string,
): Service {
  const start = async (): Promise<Running> => {
    const server = await startPostgres({
      home: join(folder, 'postgres'),
      logFile: join(folder, 'logs', 'postgres.log'),
      port: ports.postgres,
      password: secrets.postgresPassword,
      signal,
      ...(maxConnections === undefined ? {} : { maxConnections }),
    });
    await ensureDatabase(server, database);
    return server;
  };
  return { name: 'postgres', start };
}

/** Temporal with its Web UI. */
export function temporalService(folder: string, { ports, temporalCli, signal }: StackFacts): Service {
  const start = (): Promise<Running> =>
    startTemporalServer({
      cli: temporalCli,
      port: ports.temporal,
      uiPort: ports.temporalUi,
      databaseFile: join(folder, 'temporal.db'),
      logFile: join(folder, 'logs', 'temporal.log'),
      variables: { [ownerVariable]: folder },
      signal,
    });
  return { name: 'temporal', start };
}

export function objectStoreService(options: StackOptions, facts: StackFacts): Service {
  const program = {
    name: 'object-store',
    script: 'dev/object-store/main.js',
    args: ['--data-dir', join(options.folder, 'object-store')],
    variables: objectStoreVariables(facts, options.s3LatencyMs),
    readyUrl: `http://127.0.0.1:${facts.ports.objectStore}/`,
    signal: facts.signal,
  };
  return { name: program.name, start: () => startProgram(options.folder, program) };
}

/** The server for readers. */
export function edgeService(folder: string, facts: StackFacts): Service {
  const program = {
    name: 'edge',
    script: 'dev/edge/main.js',
    variables: edgeVariables(facts),
    readyUrl: `http://127.0.0.1:${facts.ports.edge}/`,
    signal: facts.signal,
  };
  return { name: program.name, start: () => startProgram(folder, program) };
}

/** The API as in production. The start does not wait until it is ready, so that its new process id is known at once. */
export function apiService(folder: string, facts: StackFacts, process: Numbered & { port: number }): Service {
  const program = {
    name: numberedName('api', process),
    script: 'src/api/main.js',
    code: facts.code,
    variables: {
      ...metricsVariables(facts, process.number - 1),
      ...serviceVariables(facts),
      PORT: String(process.port),
    },
  };
  return { name: program.name, start: () => startProgram(folder, program) };
}

/** The worker lets its activities run for 10 s, then cancels them. Milliseconds. */
const workerGrace = 20_000;

/** The worker as in production. */
export function workerService(folder: string, facts: StackFacts, process: Numbered): Service {
  const program = {
    name: numberedName('worker', process),
    script: 'src/worker/main.js',
    code: facts.code,
    variables: {
      ...metricsVariables(facts, facts.moreApiPorts.length + process.number),
      ...serviceVariables(facts),
    },
  };
  const start = async (): Promise<Running> => {
    const child = await startProgram(folder, program);
    return { pid: child.pid, exited: child.exited, stop: () => child.stop(workerGrace) };
  };
  return { name: program.name, start };
}

export async function migrate(folder: string, facts: StackFacts): Promise<void> {
  const { code: from, signal } = facts;
  await migrateDatabase(folder, serviceVariables(facts), { from, signal });
}

/** Runs {@link migrate} to the schema of this code. */
export async function migrateDatabase(
  folder: string,
  variables: Variables,
  { from = buildRoot, signal }: { readonly from?: string; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const child = await startProgram(folder, {
    name: 'migrate',
    script: 'src/cli/main.js',
    code: from,
    args: ['migrate'],
    variables,
  });
  const ended = poll(() => Promise.resolve(child.exit()), { what: child.name, timeout: Infinity, signal });
  const { code } = await ended.catch(async (error: unknown) => {
    await child.stop();
    throw error;
  });
  if (code !== 0) throw new Error(`ltd-keeper migrate failed (${child.logFile}):\n${await logTail(child)}`);
}

/** Waits for any HTTP answer of the program. */
async function untilAnswers(child: RunningProcess, url: string, signal?: AbortSignal): Promise<void> {
  const look = async (): Promise<boolean> => {
    if (child.exit() !== undefined)
      throw new GaveUp(`${child.name} ended while starting; its log says:\n${await logTail(child)}`);
    await (await fetch(url, { signal: AbortSignal.timeout(2_000) })).arrayBuffer();
    return true;
  };
  try {
    await poll(look, { what: `${child.name} to answer at ${url} (log: ${child.logFile})`, signal });
  } catch (error) {
    await child.stop();
    throw error;
  }
}
