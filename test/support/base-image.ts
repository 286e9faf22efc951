import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { promisify } from 'node:util';
import { cacheDirectory, checkout } from '../../scripts/paths.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';

const run = promisify(execFile);

/** The Debian release of `node:24-trixie-slim`. */
const release = 'trixie';

/** The npm version of Node 24. */
const npm = {
  version: '11.19.1',
  integrity: 'sha512-ztsxKxt/kkIaAs+2i0GU6I+DRmUdrNasxTZKJe9TCdSjKxlhah/4r/hl5ygMD6XAg1qZ9c2TNomR4qgOydp10g==',
};

/** npm's cache folder in the stand-in; the host's is mounted there. */
export const npmCacheInBase = '/var/cache/npm';

/** mmdebstrap runs this last, with the root of the stand-in as its argument. */
const lastStep = `mkdir "$1${npmCacheInBase}"; rm -f "$1"/var/cache/apt/*.bin`;

/** The host's certificate authorities, in the stand-in. */
const authorities = 'usr/local/etc/host-authorities.crt';

/**
 * Builds a stand-in for the Dockerfile's base image: Debian's minimal system, Node.js and npm from the registry, and
 * the host's settings of npm and apt, so that a build uses the same registries as the host. The tar of its root file
 * system stays in the cache folder until one of these inputs changes.
 *
 * @param inside Runs a command whose processes and mounts end with this process.
 * @returns the path of the tar.
 * @throws {Error} with the output of the command that failed.
 */
export async function standInBase(inside: (...command: readonly string[]) => Promise<string>): Promise<string> {
  const apt = await aptSettings();
  const files = await configurationFiles();
  const mirror = await debianMirror();
  const node = (await output(process.execPath, ['dev/setup/node-version.mjs', '24'])).trim();
  const inputs = JSON.stringify([release, lastStep, npm, node, mirror, apt, Object.entries(files)]);
  const key = createHash('sha256').update(inputs).digest('hex').slice(0, 16);
  const tar = join(cacheDirectory(), `image-base-${key}.tar`);
  if (existsSync(tar)) return tar;
  const folder = await temporaryFolder('image-base');
  const tree = join(folder, 'tree');
  for (const [path, content] of Object.entries(files)) await put(join(tree, path), content);
  await installNode({ tree, node, folder });
  await put(join(folder, 'apt.conf'), apt);
  const made = join(folder, 'base.tar');
  const options = [
    '--variant=minbase',
    `--aptopt=${join(folder, 'apt.conf')}`,
    `--customize-hook=sync-in ${tree} /`,
    `--customize-hook=${lastStep}`,
  ];
  await inside('env', `TMPDIR=${folder}`, 'mmdebstrap', ...options, release, made, ...mirror);
  for (const old of await readdir(cacheDirectory()))
    if (old.startsWith('image-base-')) await rm(join(cacheDirectory(), old));
  await copyFile(made, `${tar}.draft`);
  await rename(`${tar}.draft`, tar);
  await rm(folder, { recursive: true });
  return tar;
}

/** The host's apt settings: proxies and verification. */
async function aptSettings(): Promise<string> {
  const lines = (await output('apt-config', ['dump', '--no-empty', 'Acquire'])).split('\n');
  return lines.filter((line) => !/::(IndexTargets|Changelogs|CompressionTypes)::/.test(line)).join('\n');
}

/** Files of the stand-in, by their path below the root. */
async function configurationFiles(): Promise<Readonly<Record<string, string>>> {
  const keys = ['registry', 'cafile', 'proxy', 'https-proxy', 'noproxy'];
  const lines = (await output('npm', ['config', 'get', ...keys])).split('\n');
  const settings = new Map(lines.map((line) => [line.split('=')[0] ?? '', line.replace(/^[^=]*=/, '')]));
  const bundles = [settings.get('cafile'), process.env['NODE_EXTRA_CA_CERTS']].filter(
    (file) => file !== undefined && existsSync(file),
  );
  settings.delete('cafile');
  const npmrc = [...settings].filter(([, value]) => value !== '' && value !== 'null');
  const trusted = bundles.length > 0;
  return {
    'usr/local/etc/npmrc': [
      ...npmrc.map(([name, value]) => `${name}=${value}\n`),
      `cache=${npmCacheInBase}\nprefer-offline=true\n`,
      trusted ? `cafile=/${authorities}\n` : '',
    ].join(''),
    // As in Debian's own images, apt keeps no packages and no indexes.
    'etc/apt/apt.conf.d/zz-clean':
      'APT::Keep-Downloaded-Packages "false";\nDir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n',
    ...(trusted && {
      [authorities]: [
        ...rootCertificates,
        ...(await Promise.all(bundles.map(async (file) => readFile(`${file}`, 'utf8')))),
      ].join('\n'),
      'etc/apt/apt.conf.d/zz-host-authorities': `Acquire::https::CAInfo "/${authorities}";\n`,
    }),
  };
}

/** The host's Debian mirror; undefined on another system, where mmdebstrap's default applies. */
async function debianMirror(): Promise<readonly string[]> {
  const format = '$(ORIGIN) $(COMPONENT) $(REPO_URI)';
  const targets = await output('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
  const mirror = /^Debian main (\S+)$/m.exec(targets)?.[1];
  return mirror === undefined || mirror.includes('security') ? [] : [mirror];
}

/** Installs Node.js and npm below `usr/local`, as Node's own images do. */
async function installNode(to: {
  readonly tree: string;
  readonly node: string;
  readonly folder: string;
}): Promise<void> {
  const local = join(to.tree, 'usr', 'local');
  const packed = ['pack', `npm@${npm.version}`, '--silent', '--pack-destination', to.folder];
  await output('npm', [...packed, '--cache', join(cacheDirectory(), 'npm'), '--prefer-offline']);
  const archive = join(to.folder, `npm-${npm.version}.tgz`);
  const found = `sha512-${createHash('sha512')
    .update(await readFile(archive))
    .digest('base64')}`;
  if (found !== npm.integrity) throw new Error(`npm@${npm.version} has another checksum than pinned: ${found}`);
  const modules = join(local, 'lib', 'node_modules', 'npm');
  await mkdir(modules, { recursive: true });
  await output('tar', ['-xzf', archive, '-C', modules, '--strip-components=1']);
  await mkdir(join(local, 'bin'));
  await copyFile(join(to.node, 'node'), join(local, 'bin', 'node'));
  for (const name of ['npm', 'npx'])
    await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, join(local, 'bin', name));
}

async function put(file: string, content: string): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, content);
}

async function output(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(command, [...args], { cwd: checkout, maxBuffer: 2 ** 26 });
  return stdout;
}
