/** A stretch of text that looks one way. */
export interface Span {
  readonly kind: 'plain' | 'code' | 'strong';
  readonly text: string;
}

/** A paragraph. */
export type Paragraph = readonly Span[];

/** The little Markdown that descriptions are written in: paragraphs, `code` and **strong**. All else is text. */
export function readMarkdown(text: string): readonly Paragraph[] {
  return text.split(/\n{2,}/).map(readSpans);
}

function readSpans(paragraph: string): Paragraph {
  return paragraph
    .split(/(`[^`]+`|\*\*[^*]+\*\*)/)
    .filter((part) => part !== '')
    .map((part) => {
      if (/^`[^`]+`$/.test(part)) return { kind: 'code', text: part.slice(1, -1) };
      if (/^\*\*[^*]+\*\*$/.test(part)) return { kind: 'strong', text: part.slice(2, -2) };
      return { kind: 'plain', text: part };
    });
}
