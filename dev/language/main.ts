import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '../../scripts/paths.js';
import { checkLineLengths, checkPhrases, parsePhrases } from './check-lines.js';
import { checkSentences } from './check-sentences.js';
import { checkTitles } from './check-titles.js';
import type { Problem } from './problem.js';

/*
 * Checks the machine-checkable language rules of CONTRIBUTING.md: line lengths, denied phrases, test titles, and
 * sentence lengths in docs. Prints each problem, and exits with 1 if there is any.
 */

const phraseList = 'dev/language/denied-phrases.txt';
const codeFolders = ['src', 'scripts', 'dev', 'test', 'bench', 'assets', 'bin'];
const docs = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'];

const read = (file: string): Promise<string> => readFile(join(checkout, file), 'utf8');
const filesIn = async (folder: string, pattern: RegExp): Promise<string[]> =>
  (await readdir(join(checkout, folder), { recursive: true }))
    .filter((name) => pattern.test(name))
    .map((name) => join(folder, name))
    .sort();

const phrases = parsePhrases(await read(phraseList));
const code = (await Promise.all(codeFolders.map((folder) => filesIn(folder, /\.(ts|js|mjs|cjs|eta|css)$/)))).flat();
const pages = await filesIn('docs', /\.md$/);

const problems: Problem[] = [];
for (const file of [...code, ...docs, ...pages, 'openapi.json']) {
  if (file.startsWith('test/dev/language/')) continue; // it quotes what is denied
  const text = await read(file);
  problems.push(...checkPhrases(file, text, phrases));
  if (!file.endsWith('.json')) problems.push(...checkLineLengths(file, text));
  if (file.endsWith('.test.ts')) problems.push(...checkTitles(file, text));
  if (pages.includes(file)) problems.push(...checkSentences(file, text));
}
for (const { file, line, message } of problems) process.stdout.write(`${file}:${line}: ${message}\n`);
if (problems.length > 0) process.exitCode = 1;
