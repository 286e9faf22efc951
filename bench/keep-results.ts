import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkout } from '../scripts/paths.js';

/** The results of a bench. */
export interface Results {
  /** The numbers, as JSON. */
  readonly numbers: object;
  /** The same as Markdown. */
  readonly table: string;
}

const document = join(checkout, 'docs', 'performance.md');

/** Writes the numbers to `bench/results/<name>.json`, and replaces the table of that name in `docs/performance.md`. */
export async function keepResults(name: 'publication' | 'copy' | 'api', { numbers, table }: Results): Promise<void> {
  const [opening, closing] = [`<!-- bench: ${name} -->\n`, `<!-- /bench: ${name} -->`];
  const file = join(checkout, 'bench', 'results', `${name}.json`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(numbers, undefined, 2)}\n`);
  const text = await readFile(document, 'utf8');
  const [start, end] = [text.indexOf(opening), text.indexOf(closing)];
  if (start < 0 || end < start) throw new Error(`${document} has no place for the table: ${opening}${closing}`);
  await writeFile(document, `${text.slice(0, start)}${opening}\n${table}\n${text.slice(end)}`);
}
