import { join } from 'node:path';
import { checkout } from '../../scripts/paths.js';
import { measureSource, type Spread } from './measure-source.js';

/*
 * Prints size and scatter of a folder's TypeScript, by default of `src`. LIST=1 also prints each file that has exactly
 * one user, with that user.
 */

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const spread = ({ p50, p90, max }: Spread): string => `${p50} / ${p90} / ${max}`;
const [, , ...named] = process.argv;

for (const folder of named.length === 0 ? ['src'] : named) {
  const measured = await measureSource(join(checkout, folder));
  print(folder);
  print(`  files                               ${measured.files}`);
  print(`  lines                               ${measured.lines}`);
  print(`  lines a file, p50 / p90 / max       ${spread(measured.fileLines)}`);
  print(`  functions                           ${measured.functions}`);
  print(`  lines a function, p50 / p90 / max   ${spread(measured.functionLines)}`);
  print(`  lines that are comments             ${(100 * measured.commentShare).toFixed(1)} %`);
  print(`  files that one other file uses      ${measured.singleUserFiles.length}`);
  if (process.env['LIST'] === '1')
    for (const { file, user, lines } of measured.singleUserFiles) print(`    ${lines}  ${file} <- ${user}`);
}
