import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ownedFolder, type ServerUser } from './server-user.js';

const run = promisify(execFile);

export interface DataFolderOptions {
  /** The parent of the data folder. As root the data folder may be a link elsewhere. */
  readonly home: string;
  readonly initdb: string;
  readonly superuser: string;
  readonly password: string;
  readonly user: ServerUser | undefined;
}

/**
 * Returns the data folder in `home`, and initialises it if needed: UTF-8 whatever `LANG` is, ordered by bytes. An
 * interrupted initialisation leaves nothing.
 */
export async function postgresData(options: DataFolderOptions): Promise<string> {
  const home = await homeOf(options);
  const data = join(home, 'data');
  if (existsSync(data)) return data;
  const draft = join(home, 'draft');
  await rm(draft, { recursive: true, force: true });
  await initialise(options, home, draft);
  await rename(draft, data);
  return data;
}

/** The environment of PostgreSQL's programs, without the user's `PG*` and locale variables. */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}

async function homeOf({ home, user }: DataFolderOptions): Promise<string> {
  if (user !== undefined) return ownedFolder(home, user);
  await mkdir(home, { recursive: true, mode: 0o700 });
  return realpath(home);
}

async function initialise(options: DataFolderOptions, home: string, draft: string): Promise<void> {
  const { initdb, superuser, password, user } = options;
  const passwordFile = join(home, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
  const locale = ['--encoding=UTF8', '--locale=C'];
  const access = [`--username=${superuser}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const as = user === undefined ? {} : { uid: user.uid, gid: user.gid };
  try {
    await run(initdb, ['-D', draft, ...locale, ...access, '--no-sync'], {
      ...as,
      cwd: '/',
      env: postgresEnvironment(),
    });
  } catch (cause) {
    throw new Error(`PostgreSQL could not be initialised in ${home}: ${explain(cause)}`, { cause });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

function explain(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  if (said.includes('could not look up effective user'))
    return 'this user id has no entry in /etc/passwd; run as a user that has one, or as root';
  return said === '' ? String(error) : said;
}
