// Installs node_modules as package-lock.json says, unless that is done. Plain JavaScript: nothing is installed yet.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const stamp = join('node_modules', '.installed');
const cache = join(resolve(process.env['LTD_CACHE_DIR'] || '.cache'), 'npm');

const wanted = [
  createHash('sha256').update(readFileSync('package-lock.json')).digest('hex'),
  `${process.platform}-${process.arch}`,
].join(' ');

/** Without a network, npm tries for minutes to reach its registry; what is in a cache is therefore tried first. */
const attempts = [
  ...(existsSync(cache) ? [{ from: cache, args: ['--offline', '--cache', cache] }] : []),
  { from: "npm's own cache", args: ['--offline'] },
  { from: 'the registry', args: ['--cache', cache] },
];

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) install();
// Its time tells make that this is done.
writeFileSync(stamp, wanted);

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
  console.error(
    'See that the network is up and that package-lock.json is unchanged (git checkout package-lock.json),',
  );
  console.error('then run the same command again; what was fetched so far is kept.');
  process.exit(1);
}
