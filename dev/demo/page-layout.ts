import { relativeAddress } from './page-address.js';
import { escapeHtml } from './render-markdown.js';

/** A page of the site without its layout. */
export interface Page {
  /** Below the site's root. */
  readonly path: string;
  readonly title: string;
  /** Trusted HTML, made here. */
  readonly html: string;
}

/** The properties that all pages of one version share. */
export interface SiteFrame {
  readonly siteTitle: string;
  readonly version: string;
  /** In the order of the navigation. */
  readonly pages: readonly Pick<Page, 'path' | 'title'>[];
  /** Paths below the site's root. */
  readonly stylesheet: string;
  readonly icon: string;
}

/** Renders a whole HTML document. */
export function layOutPage(page: Page, frame: SiteFrame): string {
  const to = (path: string): string => escapeHtml(relativeAddress(page.path, path));
  const entry = ({ path, title }: Pick<Page, 'path' | 'title'>): string => {
    const current = path === page.path ? ' aria-current="page"' : '';
    return `<li><a href="${to(path)}"${current}>${escapeHtml(title)}</a></li>`;
  };
  const title = page.title === frame.siteTitle ? page.title : `${page.title} · ${frame.siteTitle}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${to(frame.stylesheet)}">
<link rel="icon" href="${to(frame.icon)}">
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="home" href="${to('index.html')}">${escapeHtml(frame.siteTitle)}</a>
<span class="version">Version ${escapeHtml(frame.version)}</span>
</header>
<div class="columns">
<nav aria-label="Pages">
<ul>
${frame.pages.map(entry).join('\n')}
</ul>
</nav>
<main id="content">
${page.html.trimEnd()}
</main>
</div>
</body>
</html>
`;
}

/** Renders the site's 404 page. It appears at any depth, so it uses no relative address. */
export function layOutNotFound({ siteTitle, version }: SiteFrame): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Page not found · ${escapeHtml(siteTitle)}</title>
<style>body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }</style>
</head>
<body>
<main>
<h1>Page not found</h1>
<p>${escapeHtml(siteTitle)}, version ${escapeHtml(version)}, has no such page.</p>
</main>
</body>
</html>
`;
}
