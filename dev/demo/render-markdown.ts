import { Marked, type Tokens } from 'marked';

/** What a Markdown file becomes. */
export interface RenderedMarkdown {
  /** Text of its first heading, or undefined. */
  readonly title: string | undefined;
  readonly html: string;
}

/** Gives the address of a link, or undefined for one that leads nowhere and becomes plain text. */
export type ResolveLink = (href: string) => string | undefined;

/**
 * Renders Markdown of our own. Headings get the ids that GitHub gives them, so that links to `#sections` work; tables
 * and code can be scrolled by keyboard. Images are replaced by their texts: the site asks nobody else for anything.
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

/** Makes text safe between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The visible text of inline HTML that marked has made. */
function plainText(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');
}

/** GitHub's ids: lower case, spaces as hyphens, punctuation dropped, numbered when repeated. */
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
