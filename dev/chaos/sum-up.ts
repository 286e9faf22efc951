import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChaosSummary, sumUp } from './summary.js';

/*
 * `node build/dev/chaos/sum-up.js FOLDER...`: prints the sum of the runs that wrote into these folders.
 */
const folders = process.argv.slice(2);
if (folders.length === 0) {
  process.stderr.write('Name the folders of the runs: node build/dev/chaos/sum-up.js FOLDER...\n');
  process.exitCode = 1;
} else {
  const summaries = await Promise.all(
    folders.map(async (folder) => {
      const text = await readFile(join(folder, 'summary.json'), 'utf8');
      const before = { missed: {}, removals: 0 }; // of a run of before these were counted
      return { ...before, ...(JSON.parse(text) as ChaosSummary) }; // as a run wrote it
    }),
  );
  process.stdout.write(`${JSON.stringify(sumUp(summaries), null, 1)}\n`);
}
