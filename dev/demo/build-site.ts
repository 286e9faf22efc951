import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SiteFile } from '../client/site-file.js';
import { linkTarget, pagePath } from './page-address.js';
import { layOutNotFound, layOutPage, type Page, type SiteFrame } from './page-layout.js';
import { renderMarkdown } from './render-markdown.js';

export interface SiteOptions {
  /** The checkout whose Markdown becomes the site. */
  readonly folder: string;
  /** Shown on every page. */
  readonly version: string;
  /** Additional Markdown by its path. */
  readonly extraPages?: Readonly<Record<string, string>>;
}

/** The files at the top of the checkout, in the order of the navigation. */
const topFiles = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'] as const;

const siteTitle = 'LTD Keeper';
const stylesheet = '_static/site.css';
const icon = '_static/icon.svg';
const html = 'text/html; charset=utf-8';

/**
 * Builds the project's documentation from its Markdown, one page per file, with navigation. Every internal link leads
 * to a page of the site, and pages load nothing from other sites.
 */
export async function buildSite({ folder, version, extraPages = {} }: SiteOptions): Promise<SiteFile[]> {
  const sources = { ...(await markdownFiles(folder)), ...extraPages };
  const paths = new Set(Object.keys(sources).map(pagePath));
  const pages = Object.entries(sources).map(([source, markdown]): Page => {
    const rendered = renderMarkdown(markdown, (href) => linkTarget({ source, href }, paths));
    return { path: pagePath(source), title: rendered.title ?? source, html: rendered.html };
  });
  const frame: SiteFrame = { siteTitle, version, pages, stylesheet, icon };
  return [
    ...pages.map((page) => ({ path: page.path, contentType: html, content: layOutPage(page, frame) })),
    { path: '404.html', contentType: html, content: layOutNotFound(frame) },
    { path: stylesheet, contentType: 'text/css; charset=utf-8', content: await asset(folder, 'site.css') },
    { path: icon, contentType: 'image/svg+xml', content: await asset(folder, 'icon.svg') },
  ];
}

/** The Markdown files by their paths in the checkout. */
async function markdownFiles(folder: string): Promise<Record<string, string>> {
  const guides = (await readdir(join(folder, 'docs')))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `docs/${name}`);
  const read = async (path: string) => [path, await readFile(join(folder, path), 'utf8')] as const;
  const [top, docs] = await Promise.all([Promise.all(topFiles.map(read)), Promise.all(guides.map(read))]);
  return Object.fromEntries([...top, ['docs/README.md', contents(docs)], ...docs]);
}

/** A page that lists the guides. A `docs/README.md` replaces it. */
function contents(guides: readonly (readonly [path: string, markdown: string])[]): string {
  const entries = guides.map(([path, markdown]) => {
    const title = /^#\s+(.+)$/m.exec(markdown)?.[1] ?? path;
    return `- [${title}](${path.slice('docs/'.length)})`;
  });
  return `# Guides\n\n${entries.join('\n')}\n`;
}

async function asset(folder: string, name: string): Promise<string> {
  return readFile(join(folder, 'dev', 'demo', name), 'utf8');
}
