import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { buildRoot } from '../../scripts/paths.js';
import { longestFirst } from './longest-first.js';
import { runSuite } from './run-suite.js';
import { startRunner } from './start-runner.js';
import { summary } from './summary.js';

/*
 * Runs all tests, in several processes at once: much of the time of each is waiting. Each has servers of its own.
 * TEST_PROCESSES sets their number. What a file prints is shown when it is done.
 */

const folder = join(buildRoot, 'test');
const names = await readdir(folder, { recursive: true });
const reports = await runSuite({
  files: longestFirst(names.filter((name) => name.endsWith('.test.js'))).map((name) => join(folder, name)),
  atOnce: Math.max(1, Number(process.env['TEST_PROCESSES'] ?? 3)),
  startRunner,
  // What went wrong is told at once, too: a run that breaks off has no summary.
  told: ({ text, details }) => process.stdout.write(`${text}${details}`),
});
const nameOf = (file: string): string => relative(buildRoot, file).replace(/\.js$/, '.ts');
process.stdout.write(`\n${summary(reports, nameOf)}`);
if (reports.some(({ failed }) => failed.length > 0)) process.exitCode = 1;
