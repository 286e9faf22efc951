import { execFile, spawnSync } from 'node:child_process';
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readdir, realpath, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The user that runs PostgreSQL when this process is root, which PostgreSQL refuses. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Debian's PostgreSQL account, else the account that every system has. */
const candidates = ['postgres', 'nobody'] as const;

/** The user for PostgreSQL; undefined when this process is not root. */
export async function serverUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of candidates) {
    const [uid, gid] = await Promise.all([idOf('-u', name), idOf('-g', name)]);
    if (uid !== undefined && gid !== undefined && uid !== 0) return { name, uid, gid };
  }
  throw new Error(
    "PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody' to run it as. Create " +
      'one: useradd --system postgres',
  );
}

async function idOf(option: '-u' | '-g', name: string): Promise<number | undefined> {
  const answer = await run('id', [option, name]).catch(() => undefined);
  return answer === undefined ? undefined : Number(answer.stdout);
}

/** Whether this user can enter the folder and all of its parents. */
export function canEnter(folder: string, user: ServerUser): boolean {
  const { uid, gid } = user;
  return spawnSync('sh', ['-c', 'cd "$1" 2>/dev/null', 'sh', folder], { uid, gid, cwd: '/' }).status === 0;
}

/**
 * Returns the server's data folder, created if needed and owned by the user: `folder` itself if that user can enter it,
 * else a new folder for temporary files with `folder` as a symbolic link to it.
 */
export async function ownedFolder(folder: string, user: ServerUser): Promise<string> {
  const linked = await lstat(folder).catch(() => undefined);
  if (linked?.isSymbolicLink() === true) {
    const target = await realpath(folder).catch(() => undefined);
    if (target !== undefined) return own(target, user);
    await rm(folder); // What it pointed at has been cleaned away.
  }
  await mkdir(dirname(folder), { recursive: true });
  if (canEnter(dirname(folder), user)) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return own(await realpath(folder), user);
  }
  const elsewhere = await mkdtemp(join(openFolder(user), `ltd-keeper-${basename(folder)}-`));
  await symlink(elsewhere, folder);
  return own(elsewhere, user);
}

/** Returns the folder if that user can read it, else a copy, made once per `version`. */
export async function readableFolder(folder: string, user: ServerUser, version: string): Promise<string> {
  if (canEnter(folder, user)) return folder;
  const copy = join(openFolder(user), `ltd-keeper-${version}`);
  const made = await lstat(copy).catch(() => undefined);
  // The name is predictable and the folder open to all, so check who made the copy.
  if (made?.uid === 0 && made.isDirectory()) return copy;
  const draft = await mkdtemp(`${copy}.`);
  await chmod(draft, 0o755);
  await cp(folder, draft, { recursive: true, verbatimSymlinks: true });
  await rename(draft, copy).catch(async (error: unknown) => {
    await rm(draft, { recursive: true }); // Another run was faster; otherwise that was no fault to hide.
    if (!(await lstat(copy).catch(() => undefined))?.isDirectory()) throw error;
  });
  return copy;
}

/** A folder for temporary files that the user can enter. `/var/tmp` survives a restart of the machine. */
function openFolder(user: ServerUser): string {
  const found = ['/var/tmp', tmpdir(), '/tmp'].find((folder) => canEnter(folder, user));
  if (found !== undefined) return found;
  throw new Error(
    `User '${user.name}' can enter no folder for temporary files, which PostgreSQL needs when root starts it. ` +
      'Run: chmod 1777 /var/tmp',
  );
}

async function own(folder: string, user: ServerUser): Promise<string> {
  const { uid } = await lstat(folder);
  if (uid === user.uid) return folder;
  // New, or owned by the user of an earlier run.
  for (const entry of await readdir(folder, { recursive: true })) await chown(join(folder, entry), user.uid, user.gid);
  await chown(folder, user.uid, user.gid);
  return folder;
}
