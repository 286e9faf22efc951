import type { Problem } from './problem.js';

/** The longest line of code, comments and docs, in characters. */
const maxColumns = 120;

/** Finds lines that are too long. Table rows and lines of one long word pass, because they cannot be wrapped. */
export function checkLineLengths(file: string, text: string): Problem[] {
  return text.split('\n').flatMap((line, index) => {
    const columns = Array.from(line).length;
    if (columns <= maxColumns || isUnbreakable(line)) return [];
    return [{ file, line: index + 1, message: `The line has ${columns} columns; ${maxColumns} are the limit.` }];
  });
}

function isUnbreakable(line: string): boolean {
  const isTableRow = /^\s*\|.*\|\s*$/.test(line);
  return isTableRow || line.split(/\s+/).some((word) => Array.from(word).length > maxColumns / 2);
}

/** Reads the list of denied phrases: one per line; `#` begins a comment. */
export function parsePhrases(list: string): string[] {
  return list
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Finds denied phrases in a text, in any case, also across a line break of a comment. */
export function checkPhrases(file: string, text: string, phrases: readonly string[]): Problem[] {
  return phrases.flatMap((phrase) => {
    const words = phrase.split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
    const pattern = new RegExp(String.raw`(?<![\p{L}\p{N}])${words.join(gap)}(?![\p{L}\p{N}])`, 'giu');
    return [...text.matchAll(pattern)].map((found) => ({
      file,
      line: text.slice(0, found.index).split('\n').length,
      message: `The phrase "${phrase}" is a riddle; say who does what.`,
    }));
  });
}

/** The separators between two words of a phrase: blanks, a line break, and comment marks. */
const gap = String.raw`\s+(?:(?:\*|//)\s+)?`;
