import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildRoot } from '../../scripts/paths.js';
import { type RunningProcess, startProcess } from '../../dev/start-process.js';
import { eventually } from './eventually.js';
import { testFolder } from './servers.js';

/** The API's production program as a listening process of its own. */
export interface ApiProcess {
  readonly process: RunningProcess;
  /** Without a slash at its end. */
  readonly url: string;
}

/** The environment of every API process of a test, beside the addresses of its dependencies. */
const settings = {
  HOST: '127.0.0.1',
  PORT: '0',
  LTD_KEEPER_SECRET_KEY: 'the key of the tests',
  LTD_KEEPER_BOOTSTRAP_USER: 'admin',
  LTD_KEEPER_BOOTSTRAP_PASSWORD: 'pug',
  AWS_REGION: 'us-east-1',
} as const;

/** Starts the API's program, whether or not it can run with these variables. The caller stops it. */
export async function launchApi(variables: Readonly<Record<string, string>>): Promise<RunningProcess> {
  // Where the coverage of child processes is collected, when it is.
  const { NODE_V8_COVERAGE } = process.env;
  return startProcess({
    name: 'API',
    command: process.execPath,
    args: ['--enable-source-maps', join(buildRoot, 'src', 'api', 'main.js')],
    logFile: join(await testFolder(), `api-${randomUUID()}.log`),
    env: { NODE_V8_COVERAGE, ...settings, ...variables },
  });
}

/** Waits until a started program listens. */
export async function untilApiListens(started: RunningProcess): Promise<ApiProcess> {
  const port = await eventually(
    'the API to listen',
    async () => {
      if (started.exit() !== undefined) throw new Error(await logOf(started));
      return /"port":(\d+)/.exec(await logOf(started))?.[1];
    },
    120_000,
  );
  return { process: started, url: `http://127.0.0.1:${port}` };
}

/** All output of a process. */
export async function logOf({ logFile }: Pick<RunningProcess, 'logFile'>): Promise<string> {
  return readFile(logFile, 'utf8');
}
