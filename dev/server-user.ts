import { execFile, spawnSync } from 'node:child_process';
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readdir, realpath, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** PostgreSQL refuses to run as root. When we are root it runs as this user instead. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Accounts that exist for this: PostgreSQL's own where Debian made it, else the one every system has. */
const candidates = ['postgres', 'nobody'] as const;

/** As whom PostgreSQL must be started: undefined means as ourselves, which is so for everyone but root. */
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

/** Whether this user can enter the folder: every folder above must let it through, too. */
export function canEnter(folder: string, user: ServerUser): boolean {
  const { uid, gid } = user;
  return spawnSync('sh', ['-c', 'cd "$1" 2>/dev/null', 'sh', folder], { uid, gid, cwd: '/' }).status === 0;
}

/**
 * The folder in which the server keeps its data, made if need be and owned by the user: `folder` itself where that user
 * can enter it, else a new folder where it can (under the system's folders for temporary files), with `folder` a
 * symbolic link to it, so that both are lost or kept together.
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

/** The folder as that user can read it: itself, or else a copy, made once for each `version`. */
export async function readableFolder(folder: string, user: ServerUser, version: string): Promise<string> {
  if (canEnter(folder, user)) return folder;
  const copy = join(openFolder(user), `ltd-keeper-${version}`);
  const made = await lstat(copy).catch(() => undefined);
  // The name can be guessed and the folder is open to all: what somebody else put there is not run.
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

/** A folder for temporary files that the user can enter; state outlives a restart of the machine in `/var/tmp`. */
function openFolder(user: ServerUser): string {
  const found = ['/var/tmp', tmpdir(), '/tmp'].find((folder) => canEnter(folder, user));
  if (found !== undefined) return found;
  throw new Error(
    `No folder for temporary files lets user '${user.name}' in, as PostgreSQL needs when started by root. Run: chmod 1777 /var/tmp`,
  );
}

async function own(folder: string, user: ServerUser): Promise<string> {
  const { uid } = await lstat(folder);
  if (uid === user.uid) return folder;
  // Made just now, or by a run that chose another user.
  for (const entry of await readdir(folder, { recursive: true })) await chown(join(folder, entry), user.uid, user.gid);
  await chown(folder, user.uid, user.gid);
  return folder;
}
