import { marked, type Token } from 'marked';
import type { Problem } from './problem.js';

/** The average sentence of a page must have fewer words. */
const averageLimit = 22;

/** The longest sentence, in words. */
const maxWords = 40;

/** Finds long sentences in a Markdown page, and a page with a high average. Skips code and tables. */
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

/** The sentences of a paragraph. Colons and semicolons do not end a sentence. */
export function sentencesOf(paragraph: string): string[] {
  return paragraph
    .replace(/\s+/g, ' ')
    .split(/(?<=[.!?]["')\]]*)\s+(?=["'(`[]*[\p{Lu}\p{N}`])/u)
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
}

/** The number of words in a sentence; a code span is one word. */
export function countWords(sentence: string): number {
  return sentence
    .replace(/`[^`]*`/g, 'code')
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

/** The texts of paragraphs, list items and quotations. */
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

/** A block's text: links without addresses, code in backticks. */
function textOf(token: Token): string {
  const inner = 'tokens' in token ? token.tokens : undefined;
  if (inner === undefined || inner.length === 0)
    return token.type === 'codespan' ? token.raw : 'text' in token ? String(token.text) : token.raw;
  return inner.map(textOf).join('');
}

/** The line on which a sentence begins, found by its first words; 1 if markup hides them. */
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
