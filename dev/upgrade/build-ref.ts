import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory, checkout } from '../../scripts/paths.js';

const run = promisify(execFile);

/**
 * Returns the folder of the compiled programs of a git ref. Builds each commit once, in the cache. @throws {Error} when
 * git does not have the ref, or the build fails.
 */
export async function buildRef(ref: string): Promise<string> {
  const commit = await commitOf(ref);
  const folder = join(cacheDirectory(), 'versions', commit);
  if (!existsSync(folder)) await build(commit, folder);
  return join(folder, 'build');
}

async function commitOf(ref: string): Promise<string> {
  try {
    const { stdout } = await run('git', ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], {
      cwd: checkout,
    });
    return stdout.trim();
  } catch (cause) {
    throw new Error(`git knows no ${ref} here. Run: git fetch --tags, and see git tag --list`, { cause });
  }
}

/** Builds beside its final place and moves it there when complete, so interruptions are safe. */
async function build(commit: string, folder: string): Promise<void> {
  const draft = join(cacheDirectory(), `draft-${randomUUID()}`);
  await mkdir(draft, { recursive: true });
  try {
    const archive = join(draft, 'source.tar');
    await run('git', ['archive', '--output', archive, commit], { cwd: checkout });
    await run('tar', ['-xf', archive], { cwd: draft });
    await rm(archive);
    await install(draft);
    await run(join('node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.json'], { cwd: draft });
    await run(process.execPath, [join('build', 'scripts', 'bundle-workflows.js')], { cwd: draft });
    await mkdir(join(cacheDirectory(), 'versions'), { recursive: true });
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Uses this checkout's packages when both lock files agree. */
async function install(folder: string): Promise<void> {
  const [theirs, ours] = await Promise.all(
    [folder, checkout].map((each) => readFile(join(each, 'package-lock.json'), 'utf8')),
  );
  if (theirs === ours) await symlink(join(checkout, 'node_modules'), join(folder, 'node_modules'));
  else {
    const cache = ['--cache', join(cacheDirectory(), 'npm'), '--prefer-offline'];
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...cache], { cwd: folder });
  }
}
