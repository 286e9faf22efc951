import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildRoot, checkout } from '../paths.js';
import { shards } from './shards.js';
import { summary, tally } from './tally.js';

/*
 * Runs all tests, in two runs of mocha at once: much of the time of either is waiting. Each has servers of its own.
 * TEST_SHARDS sets their number; what the first prints is shown as it comes, the others' when they end.
 */

interface Run {
  readonly output: string;
  readonly passed: boolean;
}

async function runShard(files: readonly string[], live: boolean): Promise<Run> {
  const mocha = join(checkout, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const child = spawn(process.execPath, [mocha, ...files], {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}) },
  });
  forwardSignals(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (live) process.stdout.write(text);
    });
  const [code] = (await once(child, 'close')) as [number | null];
  if (!live) process.stdout.write(output);
  return { output, passed: code === 0 };
}

function forwardSignals(child: ChildProcess): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      child.kill(signal);
    });
}

const folder = join(buildRoot, 'test');
const names = await readdir(folder, { recursive: true });
const files = names.filter((name) => name.endsWith('.test.js')).map((name) => join(folder, name));
const count = Math.max(1, Number(process.env['TEST_SHARDS'] ?? 2));
const runs = await Promise.all(shards(files, count).map((shard, at) => runShard(shard, at === 0)));
process.stdout.write(`\nAll tests:\n\n${summary(tally(runs.map(({ output }) => output)))}`);
if (!runs.every(({ passed }) => passed)) process.exitCode = 1;
