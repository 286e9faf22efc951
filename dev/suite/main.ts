import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { buildRoot } from '../../scripts/paths.js';
import { longestFirst } from './longest-first.js';
import { runSuite } from './run-suite.js';
import { startRunner } from './start-runner.js';
import { summary } from './summary.js';

/*
 * Runs all tests in several processes, because each mostly waits. Each process has its own servers. TEST_PROCESSES sets
 * their number. Prints each file's output when it ends.
 */

const folder = join(buildRoot, 'test');
const names = await readdir(folder, { recursive: true });
const reports = await runSuite({
  files: longestFirst(names.filter((name) => name.endsWith('.test.js'))).map((name) => join(folder, name)),
  concurrency: Math.max(1, Number(process.env['TEST_PROCESSES'] ?? 3)),
  startRunner,
  // Print failures at once: an interrupted run has no summary.
  onReport: ({ text, details }) => process.stdout.write(`${text}${details}`),
});
const nameOf = (file: string): string => relative(buildRoot, file).replace(/\.js$/, '.ts');
process.stdout.write(`\n${summary(reports, nameOf)}`);
if (reports.some(({ failed }) => failed.length > 0)) process.exitCode = 1;
