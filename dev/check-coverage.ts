import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type FileCoverage, hasCode, measure } from './coverage-floors.js';
import { buildRoot, checkout } from '../scripts/paths.js';

/* c8 has one minimum for all files; this project has one per folder. */

async function measuredFiles(): Promise<Map<string, FileCoverage>> {
  const text = await readFile(join(checkout, 'coverage', 'coverage-summary.json'), 'utf8');
  const summary = JSON.parse(text) as Readonly<Record<string, FileCoverage>>;
  const files = new Map<string, FileCoverage>();
  for (const [path, coverage] of Object.entries(summary)) {
    if (path === 'total') continue;
    const file = relative(checkout, path);
    const compiled = join(buildRoot, file.replace(/\.ts$/, '.js'));
    if (hasCode(await readFile(compiled, 'utf8'))) files.set(file, coverage);
  }
  return files;
}

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

for (const { name, floor, lines, branches, met } of measure(await measuredFiles())) {
  const shares = `${lines.toFixed(1)} % of lines, ${branches.toFixed(1)} % of branches`;
  print(`Coverage of ${name}: ${shares} (more than ${floor} % needed)`);
  if (!met) process.exitCode = 1;
}
if (process.exitCode === 1) print('Too little is covered. See which lines: coverage/index.html');
