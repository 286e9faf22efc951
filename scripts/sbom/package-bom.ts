import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkout } from '../paths.js';
import { shippedBom } from './shipped-bom.js';

const run = promisify(execFile);

/** The CycloneDX document of the service: every package of the lock file except those for development. */
export async function packageBom(): Promise<string> {
  const options = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  const { stdout } = await run('npm', ['sbom', ...options, '--package-lock-only'], {
    cwd: checkout,
    maxBuffer: 64 * 1024 ** 2,
  });
  const { name } = JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8')) as {
    readonly name: string;
  };
  return shippedBom(stdout, name);
}
