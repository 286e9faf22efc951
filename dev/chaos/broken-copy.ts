import { execFile } from 'node:child_process';
import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkout } from '../../scripts/paths.js';
import { temporaryFolder } from '../temporary-folder.js';
import type { Break } from './known-breaks.js';

const run = promisify(execFile);

/** What a run of `make chaos` needs of the sources. */
const copied = ['package.json', 'tsconfig.json', 'src', 'scripts', 'dev', 'assets'];

/** What is the same whatever is broken. */
const linked = ['node_modules', '.cache'];

/**
 * Compiles a copy of this checkout in which something is broken on purpose. Answers its folder, which goes with this
 * process.
 *
 * @throws {Error} what git or the compiler said.
 */
export async function makeBrokenCopy({ patchFile }: Pick<Break, 'patchFile'>): Promise<string> {
  const folder = await temporaryFolder('ltd-keeper-broken');
  for (const each of copied) await cp(join(checkout, each), join(folder, each), { recursive: true });
  for (const each of linked) await symlink(join(checkout, each), join(folder, each));
  const node = (...args: readonly string[]) => run(process.execPath, [...args], { cwd: folder });
  await run('git', ['apply', patchFile], { cwd: folder });
  await node(join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json');
  await node(join('build', 'scripts', 'bundle-workflows.js'));
  return folder;
}
