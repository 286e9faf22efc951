import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from '../../scripts/paths.js';
import type { PlacedFile } from '../place-site.js';

const run = promisify(execFile);

/** A Debian package whose documentation is a site. */
export interface DebianSite {
  readonly name: string;
  readonly version: string;
  /** Digest of the package file. */
  readonly sha256: string;
}

/** Two releases of PostgreSQL's manual that Debian 12 serves. */
export const postgresqlManual: readonly [DebianSite, DebianSite] = [
  {
    name: 'postgresql-doc-15',
    version: '15.18-0+deb12u1',
    sha256: '3c598277a463c44d672daa2c335deb8d8252e1852fb025fd4578ea2d9a1b90f0',
  },
  {
    name: 'postgresql-doc-15',
    version: '15.20-0+deb12u1',
    sha256: '4c44bf2c599f208b3f46454a6cf7a72e25ec46ff74d37b59dd31ad76b00eebb7',
  },
];

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** The package is unavailable: no Debian, or an archive with other versions. */
export class SiteUnavailable extends Error {
  override readonly name = 'SiteUnavailable';
}

/** Returns the site's files, from the cache or by apt. @throws {SiteUnavailable} with the reason. */
export async function debianSite(site: DebianSite, env: NodeJS.ProcessEnv = process.env): Promise<PlacedFile[]> {
  const folder = await unpacked(site, env);
  const root = join(folder, 'usr', 'share', 'doc', site.name, 'html');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return await Promise.all(
    files.map(async (file) => ({
      path: relative(root, file).split(sep).join('/'),
      contentType: contentTypes[extname(file)] ?? 'application/octet-stream',
      content: await readFile(file),
    })),
  );
}

async function unpacked(site: DebianSite, env: NodeJS.ProcessEnv): Promise<string> {
  const cache = join(cacheDirectory(env), 'debian');
  const folder = join(cache, `${site.name}-${site.sha256.slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, 'draft-'));
  try {
    await chmod(draft, 0o755); // apt may fetch as somebody else
    const archive = await fetched(site, draft);
    const content = join(draft, randomUUID());
    await run('dpkg-deb', ['-x', archive, content]);
    await rename(content, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error; // another run was faster
    });
    return folder;
  } catch (cause) {
    throw new SiteUnavailable(`${site.name} ${site.version} cannot be had: ${lastLine(cause)}`, { cause });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Fetches by apt from its configured archive. */
async function fetched({ name, version, sha256 }: DebianSite, folder: string): Promise<string> {
  await run('apt-get', ['download', `${name}=${version}`], { cwd: folder });
  const [file] = (await readdir(folder)).filter((each) => each.endsWith('.deb'));
  if (file === undefined) throw new Error('apt-get fetched nothing');
  const found = createHash('sha256')
    .update(await readFile(join(folder, file)))
    .digest('hex');
  if (found !== sha256) throw new Error(`${file} has the SHA-256 ${found} instead of ${sha256}`);
  return join(folder, file);
}

function lastLine(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trimEnd() : '';
  if (said !== '') return said.slice(said.lastIndexOf('\n') + 1);
  return error instanceof Error ? error.message : String(error);
}
