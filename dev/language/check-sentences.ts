import { marked, type Token } from 'marked';
import type { Problem } from './problem.js';

/** Words of an average sentence of a page: fewer than this. */
const averageLimit = 22;

/** Words of the longest sentence. */
const maxWords = 40;

/** Finds sentences of a Markdown page that are too long, and a page whose average is. Code and tables do not count. */
export function checkSentences(file: string, markdown: string): Problem[] {
  const sentences = proseOf(marked.lexer(markdown)).flatMap(sentencesOf);
  const counts = sentences.map(countWords);
  const average = counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length);
  const problems = sentences.flatMap((sentence, index) => {
    const words = counts[index] ?? 0;
    if (words <= maxWords) return [];
    return [
      {
        file,
        line: lineOf(markdown, sentence),
        message: `${words} words, ${maxWords} at most: "${sentence}"`,
      },
    ];
  });
  return average < averageLimit
    ? problems
    : [
        ...problems,
        {
          file,
          line: 1,
          message: `An average sentence has ${average.toFixed(1)} words; ${averageLimit} are too many.`,
        },
      ];
}

/** The sentences of a paragraph. A colon ends none; a semicolon does not, either. */
export function sentencesOf(paragraph: string): string[] {
  return paragraph
    .replace(/\s+/g, ' ')
    .split(/(?<=[.!?]["')\]]*)\s+(?=["'(`[]*[\p{Lu}\p{N}`])/u)
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
}

/** Words of a sentence; a piece of code is one. */
export function countWords(sentence: string): number {
  return sentence
    .replace(/`[^`]*`/g, 'code')
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

/** The text of paragraphs, list items and quotations, each a string. */
function proseOf(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token) => {
    switch (token.type) {
      case 'paragraph':
        return [textOf(token)];
      case 'text':
        return [textOf(token)];
      case 'list':
        return (token as { items: Token[] }).items.flatMap((item) => proseOf((item as { tokens: Token[] }).tokens));
      case 'blockquote':
        return proseOf((token as { tokens: Token[] }).tokens);
      default:
        return [];
    }
  });
}

/** A block as it reads: links without their addresses, code in its marks. */
function textOf(token: Token): string {
  const inner = 'tokens' in token ? token.tokens : undefined;
  if (inner === undefined || inner.length === 0)
    return token.type === 'codespan' ? token.raw : 'text' in token ? String(token.text) : token.raw;
  return inner.map(textOf).join('');
}

/** The line on which a sentence begins, found by its first words; 1 where markup hides them. */
function lineOf(markdown: string, sentence: string): number {
  const start = sentence.split(' ').slice(0, 3).join(' ');
  const at = markdown.replace(/[*_[\]]/g, '').indexOf(start);
  return at < 0
    ? 1
    : markdown
        .replace(/[*_[\]]/g, '')
        .slice(0, at)
        .split('\n').length;
}
