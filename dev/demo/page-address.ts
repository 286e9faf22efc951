import { posix } from 'node:path';

/**
 * The path of a Markdown file's page: `README.md` becomes the `index.html` of its folder, names become lower case.
 * @param source Path of the file in the checkout, with `/`.
 */
export function pagePath(source: string): string {
  const folder = posix.dirname(source);
  const name = posix.basename(source, '.md').toLowerCase();
  return posix.join(folder, `${name === 'readme' ? 'index' : name}.html`);
}

/** The relative address of a page from another page of the site. */
export function relativeAddress(from: string, to: string): string {
  const address = posix.relative(posix.dirname(from), to);
  return address.replace(/(^|\/)index\.html$/, '$1') || './';
}

/** A link in Markdown. */
export interface WrittenLink {
  /** Path of the file with the link. */
  readonly source: string;
  readonly href: string;
}

/**
 * Returns the address of a link in the site: a Markdown file becomes its page; other sites and places on the same page
 * stay. Undefined for files outside the site, such as source code. @param pages Paths of the site's pages.
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
