import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { GaveUp, poll } from './poll.js';
import { postgresBinaries } from './postgres-binaries.js';
import { postgresData, postgresEnvironment } from './postgres-data.js';
import { isAlive, signalProcess } from './process-group.js';
import { serverUser } from './server-user.js';
import { type Exit, logTail, type RunningProcess, startProcess } from './start-process.js';

/** The only account, a superuser. */
const superuser = 'ltd_keeper';

export interface PostgresOptions {
  /** The folder of the data; created and initialised if missing. As root it may become a link elsewhere. */
  readonly home: string;
  readonly logFile: string;
  readonly port: number;
  /** The superuser's password; it must stay the same for one `home`. */
  readonly password: string;
  /** @default 200 */
  readonly maxConnections?: number;
  /** False trades safety against power failures for speed, for tests. @default true */
  readonly durable?: boolean;
  /** Ends the start with its reason when it aborts. */
  readonly signal?: AbortSignal;
}

/** A PostgreSQL server that listens on 127.0.0.1 only. */
export interface PostgresServer {
  readonly pid: number;
  /** The `postgresql://` URL of this database, for the superuser. */
  url(database: string): string;
  readonly exited: Promise<Exit>;
  /** Stops it cleanly: it cuts connections and rolls back their transactions. */
  stop(): Promise<void>;
}

/** Recovery after a `kill -9` took 0.3 to 3.8 s; this allows a slow disk ten times that. Milliseconds. */
const timeoutMs = 40_000;

/**
 * Starts the PostgreSQL of the npm package. Resolves when it accepts connections. It first stops a server that a killed
 * process left on the same data. @throws {Error} with the end of the server's log.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { home, password, port, logFile, signal } = options;
  const user = await serverUser();
  const { initdb, postgres } = await postgresBinaries(user);
  const data = await postgresData({ home, initdb, superuser, password, user });
  await stopPredecessor(data);
  const server = await startProcess({
    name: 'PostgreSQL',
    command: postgres,
    args: ['-D', data, ...settings(options)],
    logFile,
    env: postgresEnvironment(),
    // SIGINT is "fast shutdown"; SIGTERM would wait for every client.
    stopSignal: 'SIGINT',
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
  });
  const url = (database: string): string => postgresUrl({ port, password, database });
  await untilReady(server, url('postgres'), signal);
  const stop = async (): Promise<void> => {
    await server.stop();
  };
  return { pid: server.pid, url, exited: server.exited, stop };
}

/** The URL of a database, for the superuser. */
export function postgresUrl(of: {
  readonly port: number;
  readonly password: string;
  readonly database: string;
}): string {
  return `postgresql://${superuser}:${encodeURIComponent(of.password)}@127.0.0.1:${of.port}/${of.database}`;
}

/** Creates the database if it does not exist. */
export async function ensureDatabase(server: Pick<PostgresServer, 'url'>, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

function settings({ port, maxConnections = 200, durable = true }: PostgresOptions): string[] {
  const values: Record<string, string | number> = {
    port,
    listen_addresses: '127.0.0.1',
    // A socket's path may have 107 bytes only, and no client needs one.
    unix_socket_directories: '',
    max_connections: maxConnections,
    jit: 'off',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function untilReady(server: RunningProcess, url: string, signal: AbortSignal | undefined): Promise<void> {
  const look = async (): Promise<boolean> => {
    if (server.exit() === undefined) return answers(url);
    throw new GaveUp(`PostgreSQL ended while starting; its log says:\n${await logTail(server)}`);
  };
  try {
    await poll(look, { what: `PostgreSQL to answer (log: ${server.logFile})`, timeout: timeoutMs, signal });
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * `postmaster.pid` outlives a `kill -9`. Its server may still run, or its id may belong to another program, and
 * PostgreSQL would refuse to start. The caller holds the stack's lock, so no other process uses this data.
 */
async function stopPredecessor(data: string): Promise<void> {
  const pidFile = join(data, 'postmaster.pid');
  const text = await readFile(pidFile, 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  if (Number.isNaN(pid)) return;
  if (!(await isPostgres(pid))) {
    await rm(pidFile, { force: true });
    return;
  }
  signalProcess(pid, 'SIGINT');
  await poll(() => Promise.resolve(!isAlive(pid)), { what: `the old PostgreSQL (pid ${pid}) to end` });
}

async function isPostgres(pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false;
  // Without /proc (macOS) any living process of that id counts as the server.
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'postgres');
  return command.split('\0')[0]?.endsWith('postgres') === true;
}
