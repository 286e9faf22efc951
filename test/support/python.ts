import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkout } from '../../scripts/paths.js';
import type { TestKeeper } from './keeper.js';

const run = promisify(execFile);

/** What a command printed. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/** A Python script and what it runs with. */
export interface PythonScript {
  /** A folder, as `pythonPackages` answers it. */
  readonly packages: string;
  readonly script: string;
  readonly args?: readonly string[];
  /** All that it sees of an environment, beside where Python is. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a Python script with these packages and nothing of the user's own.
 *
 * @throws What `execFile` throws, if it ends with another status than 0: with `code`, `stdout` and `stderr`.
 */
export async function runPython({ packages, script, args = [], env = {} }: PythonScript): Promise<Printed> {
  return run('python3', ['-s', script, ...args], {
    env: {
      PATH: process.env['PATH'],
      PYTHONPATH: packages,
      PYTHONWARNINGS: 'ignore', // What old packages will no longer find some day is not what is tested.
      LANG: 'C.UTF-8', // Python takes the names of files in the locale's encoding.
      ...env,
    },
  });
}

/** What LTD Keeper's clients take from the environment to reach the API as an administrator. */
export function keeperEnvironment({ baseUrl }: TestKeeper): Record<string, string> {
  return { LTD_HOST: baseUrl, LTD_USERNAME: 'admin', LTD_PASSWORD: 'pug' };
}

/** What boto3 takes from the environment to reach the keeper's bucket. */
export function bucketEnvironment({ bucket }: TestKeeper): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: bucket.endpoint,
    AWS_DEFAULT_REGION: bucket.region,
    AWS_ACCESS_KEY_ID: bucket.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: bucket.credentials.secretAccessKey,
  };
}

/** Runs `test/clients/<name>.py` and parses the JSON that it prints. */
export async function runClient(
  name: string,
  { packages, args, env }: Omit<PythonScript, 'script'>,
): Promise<unknown> {
  const script = join(checkout, 'test', 'clients', `${name}.py`);
  const { stdout } = await runPython({ packages, script, ...(args && { args }), ...(env && { env }) });
  return JSON.parse(stdout) as unknown;
}
