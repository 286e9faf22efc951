import { posix } from 'node:path';

/**
 * Where the page of a Markdown file is in the site: `README.md` is the `index.html` of its folder, names are in lower
 * case.
 *
 * @param source Path of the file from the checkout, with `/`.
 */
export function pagePath(source: string): string {
  const folder = posix.dirname(source);
  const name = posix.basename(source, '.md').toLowerCase();
  return posix.join(folder, `${name === 'readme' ? 'index' : name}.html`);
}

/** The relative address by which one page of the site refers to another. */
export function relativeAddress(from: string, to: string): string {
  const address = posix.relative(posix.dirname(from), to);
  return address.replace(/(^|\/)index\.html$/, '$1') || './';
}

/** A link as it is written in Markdown. */
export interface WrittenLink {
  /** Path of the file that it is in. */
  readonly source: string;
  readonly href: string;
}

/**
 * Where a link leads in the site: other sites and places on the same page stay as they are, a Markdown file becomes its
 * page. Undefined for files that the site does not hold, such as source code.
 *
 * @param pages Paths of the pages that the site has.
 */
export function linkTarget({ source, href }: WrittenLink, pages: ReadonlySet<string>): string | undefined {
  if (/^([a-z][a-z\d+.-]*:|\/\/|#)/i.test(href)) return href;
  const [path = '', fragment] = href.split('#');
  const target = posix.normalize(posix.join(posix.dirname(source), decodeURI(path)));
  const page = [pagePath(target), posix.join(target, 'index.html')].find((each) => pages.has(each));
  if (page === undefined || !(target.endsWith('.md') || page.endsWith('/index.html'))) return undefined;
  const address = relativeAddress(pagePath(source), page);
  return fragment === undefined ? address : `${address}#${fragment}`;
}
