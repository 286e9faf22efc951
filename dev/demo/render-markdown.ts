import { Marked, type Tokens } from 'marked';

/** A Markdown file as HTML. */
export interface RenderedMarkdown {
  /** The text of the first heading. */
  readonly title: string | undefined;
  readonly html: string;
}

/** Returns the address of a link, or undefined to render it as plain text. */
export type ResolveLink = (href: string) => string | undefined;

/**
 * Renders the project's Markdown. Headings get GitHub's ids, so that links to `#sections` work; tables and code scroll
 * by keyboard. Texts replace images, so that a page loads nothing from other sites.
 */
export function renderMarkdown(markdown: string, resolveLink: ResolveLink): RenderedMarkdown {
  const nextId = createHeadingIds();
  let title: string | undefined;
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth }: Tokens.Heading): string {
        const html = this.parser.parseInline(tokens);
        const text = plainText(html);
        title ??= text;
        return `<h${depth} id="${escapeHtml(nextId(text))}">${html}</h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link): string {
        const html = this.parser.parseInline(tokens);
        const target = resolveLink(href);
        return target === undefined ? html : `<a href="${escapeHtml(target)}">${html}</a>`;
      },
      image({ text }: Tokens.Image): string {
        return escapeHtml(text);
      },
      code({ text }: Tokens.Code): string {
        return `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>\n`;
      },
      table(token: Tokens.Table): string {
        const heading = ({ tokens }: Tokens.TableCell): string => {
          const html = this.parser.parseInline(tokens);
          return html === '' ? '<td></td>' : `<th scope="col">${html}</th>`;
        };
        const cell = ({ tokens }: Tokens.TableCell): string => `<td>${this.parser.parseInline(tokens)}</td>`;
        const row = (cells: readonly string[]): string => `<tr>${cells.join('')}</tr>\n`;
        const body = token.rows.map((cells) => row(cells.map(cell))).join('');
        const table = `<table>\n<thead>\n${row(token.header.map(heading))}</thead>\n<tbody>\n${body}</tbody>\n</table>`;
        return `<div class="scrolls" role="region" aria-label="Table" tabindex="0">\n${table}\n</div>\n`;
      },
    },
  });
  const html = marked.parse(markdown, { async: false });
  return { title, html };
}

/** Escapes text for content and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The visible text of inline HTML from marked. */
function plainText(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');
}

/** Creates GitHub's ids: lower case, hyphens for spaces, no punctuation, numbered when repeated. */
function createHeadingIds(): (text: string) => string {
  const seen = new Map<string, number>();
  return (text) => {
    const id = text
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const count = seen.get(id) ?? 0;
    seen.set(id, count + 1);
    return count === 0 ? id : `${id}-${count}`;
  };
}
