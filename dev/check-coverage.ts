import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type FileCoverage, measure } from './coverage-floors.js';
import { checkout } from './paths.js';

// c8 knows one floor for all files; ours differ by folder.
const summary = JSON.parse(
  await readFile(join(checkout, 'coverage', 'coverage-summary.json'), 'utf8'),
) as Readonly<Record<string, FileCoverage>>;
const files = new Map(
  Object.entries(summary)
    .filter(([file]) => file !== 'total')
    .map(([file, coverage]) => [relative(checkout, file), coverage]),
);
for (const { name, floor, lines, branches, met } of measure(files)) {
  const shares = `${lines.toFixed(1)} % of lines, ${branches.toFixed(1)} % of branches`;
  process.stdout.write(`Coverage of ${name}: ${shares} (more than ${floor} % needed)\n`);
  if (!met) process.exitCode = 1;
}
if (process.exitCode === 1)
  process.stdout.write('Too little is covered. See which lines: coverage/index.html\n');
