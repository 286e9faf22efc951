import { execFile } from 'node:child_process';
import { cp, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkout } from '../paths.js';
import { temporaryFolder } from '../temporary-folder.js';

const run = promisify(execFile);

/** Each file is a way to break the protocol: what `make chaos` must find. */
const breaks = join(checkout, 'dev', 'chaos', 'breaks');

/** What a run of `make chaos` needs of the sources. */
const copied = ['package.json', 'tsconfig.json', 'src', 'dev', 'assets'];

/** What is the same whatever is broken. */
const linked = ['node_modules', '.cache'];

/**
 * Compiles a copy of this checkout in which something is broken on purpose, by the patch of that name in
 * `dev/chaos/breaks`. Answers its folder, which goes with this process.
 *
 * @throws {Error} that names the breaks, where there is no such one; or what git or the compiler said.
 */
export async function makeBrokenCopy(name: string): Promise<string> {
  const names = (await readdir(breaks)).map((file) => file.replace(/\.patch$/, '')).sort();
  if (!names.includes(name)) throw new Error(`BREAK=${name} is not known: give one of ${names.join(', ')}`);
  const folder = await temporaryFolder('ltd-keeper-broken');
  for (const each of copied) await cp(join(checkout, each), join(folder, each), { recursive: true });
  for (const each of linked) await symlink(join(checkout, each), join(folder, each));
  const node = (...args: readonly string[]) => run(process.execPath, [...args], { cwd: folder });
  await run('git', ['apply', join(breaks, `${name}.patch`)], { cwd: folder });
  await node(join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json');
  await node(join('build', 'dev', 'bundle-workflows.js'));
  return folder;
}
