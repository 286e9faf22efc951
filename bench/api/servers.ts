import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../dev/free-port.js';
import { checkout } from '../../scripts/paths.js';
import { ensureDatabase, startPostgres } from '../../dev/postgres.js';
import { poll } from '../../dev/poll.js';
import { pythonPackages } from '../../dev/python-packages.js';
import { programEnvironment } from '../../dev/stack/environment.js';
import { startProgram } from '../../dev/stack/services.js';
import { type RunningProcess, startProcess } from '../../dev/start-process.js';
import { temporalCli } from '../../dev/temporal-cli.js';
import { startTemporalServer } from '../../dev/temporal-server.js';

const run = promisify(execFile);

/** PostgreSQL and Temporal for both contestants. There is no worker, so rebuilds wait. */
export interface Servers {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly pids: Readonly<Record<'postgres' | 'temporal', number>>;
  /** The folder of the processes' files. */
  readonly folder: string;
  stop(): Promise<void>;
}

/** The account of the bench. */
export const administrator = { username: 'bench', password: 'bench' } as const;

/** Starts the servers. Temporal is in memory: on disk each PATCH costs the development server twice as much. */
export async function startServers(folder: string): Promise<Servers> {
  const postgres = await startPostgres({
    home: join(folder, 'postgres'),
    logFile: join(folder, 'logs', 'postgres.log'),
    port: await freePort(),
    password: 'bench',
  });
  await ensureDatabase(postgres, 'ltd_keeper');
  const temporal = await startTemporalServer({
    cli: await temporalCli(),
    port: await freePort(),
    logFile: join(folder, 'logs', 'temporal.log'),
  });
  return {
    databaseUrl: postgres.url('ltd_keeper'),
    temporalAddress: temporal.address,
    pids: { postgres: postgres.pid, temporal: temporal.pid },
    folder,
    stop: async () => {
      await temporal.stop();
      await postgres.stop();
    },
  };
}

/** Starts the API as in production: one process. */
export async function startApi({ folder, ...servers }: Servers): Promise<RunningProcess & { readonly url: string }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = await startProgram(folder, {
    name: 'api',
    script: 'src/api/main.js',
    variables: {
      LTD_KEEPER_PROFILE: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      DATABASE_URL: servers.databaseUrl,
      TEMPORAL_ADDRESS: servers.temporalAddress,
      LTD_KEEPER_SECRET_KEY: randomBytes(32).toString('hex'),
      LTD_KEEPER_BOOTSTRAP_USER: administrator.username,
      LTD_KEEPER_BOOTSTRAP_PASSWORD: administrator.password,
      AWS_REGION: 'us-east-1',
    },
    readyUrl: `${url}/healthz`,
  });
  return Object.assign(child, { url });
}

/**
 * gunicorn's advice: twice the cores and one. gthread, because other workers close every connection, and autocannon
 * then measures no latency.
 */
const gunicorn = ['--workers', '5', '--worker-class', 'gthread', '--threads', '2', '--keep-alive', '60'];

/** Starts the stand-in. Also returns a token. */
export async function startStandIn(
  { folder, databaseUrl }: Servers,
  userId: number,
): Promise<RunningProcess & { readonly url: string; readonly token: string }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = programEnvironment(process.env, {
    PYTHONPATH: `${await pythonPackages('api-stand-in')}:${join(checkout, 'bench', 'api')}`,
    DATABASE_URL: databaseUrl,
    STAND_IN_KEY: randomBytes(32).toString('hex'),
  });
  const child = await startProcess({
    name: 'stand-in',
    command: 'python3',
    args: ['-m', 'gunicorn', ...gunicorn, '--bind', `127.0.0.1:${port}`, 'keeper_1:app'],
    logFile: join(folder, 'logs', 'stand-in.log'),
    env,
  });
  await poll(async () => (await fetch(`${url}/products/product-1`)).ok, {
    what: `the stand-in to answer (log: ${child.logFile})`,
  });
  return Object.assign(child, { url, token: await tokenOf(env, userId) });
}

async function tokenOf(env: NodeJS.ProcessEnv, userId: number): Promise<string> {
  const { stdout } = await run('python3', ['-c', `import keeper_1; print(keeper_1.token_of(${userId}))`], {
    env,
  });
  return stdout.trim();
}
