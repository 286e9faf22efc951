// Installs node_modules from package-lock.json if needed. Plain JavaScript, because nothing is installed yet.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const stamp = join('node_modules', '.installed');
const cache = join(resolve(process.env['LTD_CACHE_DIR'] || '.cache'), 'npm');

/** Without a network, npm tries for minutes to reach its registry, so try the cache first. */
const attempts = [
  ...(existsSync(cache) ? [{ from: cache, args: ['--offline', '--cache', cache] }] : []),
  { from: "npm's own cache", args: ['--offline'] },
  { from: 'the registry', args: ['--cache', cache] },
];

if (!isInstalled()) install();
// Its modification time tells make that the step is done.
writeFileSync(stamp, '');

/** npm writes this file last, after `npm ci` here or a developer's `npm install`. */
function isInstalled() {
  const note = join('node_modules', '.package-lock.json');
  if (!existsSync(note)) return false;
  const wanted = packagesOf('package-lock.json');
  const present = packagesOf(note);
  // npm leaves out optional packages for other platforms.
  const lacks = [...wanted].some(
    ([path, { integrity, optional }]) =>
      present.get(path)?.integrity !== integrity && !(optional && !present.has(path)),
  );
  return !lacks && [...present.keys()].every((path) => wanted.has(path));
}

function packagesOf(file) {
  const { packages } = JSON.parse(readFileSync(file, 'utf8'));
  return new Map(Object.entries(packages).filter(([path]) => path !== ''));
}

function install() {
  const failures = [];
  for (const { from, args } of attempts) {
    console.error(`Installing node_modules from ${from} ...`);
    const { status, error, stderr } = spawnSync('npm', ['ci', '--no-progress', '--loglevel=error', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    if (status === 0) return;
    failures.push(`from ${from}:\n${error?.message ?? stderr.trim()}`);
  }
  console.error(`node_modules could not be installed.\n${failures.join('\n')}`);
  console.error('See that the network is up and that package-lock.json is unchanged (git checkout package-lock.json),');
  console.error('then run the same command again; what was fetched so far is kept.');
  process.exit(1);
}
