import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkout } from '../../scripts/paths.js';
import type { TestKeeper } from './keeper.js';

const run = promisify(execFile);

/** The output of a command. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/** A Python script with its packages and environment. */
export interface PythonScript {
  /** A folder from `pythonPackages`. */
  readonly packages: string;
  readonly script: string;
  readonly args?: readonly string[];
  /** Its whole environment, beside the place of Python. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a Python script with these packages and none of the user's own.
 *
 * @throws The error of `execFile`, with `code`, `stdout` and `stderr`, when it exits with a status other than 0.
 */
export async function runPython({ packages, script, args = [], env = {} }: PythonScript): Promise<Printed> {
  return run('python3', ['-s', script, ...args], {
    env: {
      PATH: process.env['PATH'],
      PYTHONPATH: packages,
      PYTHONWARNINGS: 'ignore', // The deprecation warnings of old packages are not under test.
      LANG: 'C.UTF-8', // Python takes the encoding of file names from the locale.
      ...env,
    },
  });
}

/** The environment with which LTD Keeper's clients reach the API as an administrator. */
export function keeperEnvironment({ baseUrl }: TestKeeper): Record<string, string> {
  return { LTD_HOST: baseUrl, LTD_USERNAME: 'admin', LTD_PASSWORD: 'pug' };
}

/** The environment with which boto3 reaches the keeper's bucket. */
export function bucketEnvironment({ bucket }: TestKeeper): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: bucket.endpoint,
    AWS_DEFAULT_REGION: bucket.region,
    AWS_ACCESS_KEY_ID: bucket.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: bucket.credentials.secretAccessKey,
  };
}

/** Runs `test/clients/<name>.py` and parses its JSON output. */
export async function runClient(name: string, { packages, args, env }: Omit<PythonScript, 'script'>): Promise<unknown> {
  const script = join(checkout, 'test', 'clients', `${name}.py`);
  const { stdout } = await runPython({ packages, script, ...(args && { args }), ...(env && { env }) });
  return JSON.parse(stdout) as unknown;
}
