import { createHash } from 'node:crypto';

/** The files of one version of a site: path, then content. */
export type SiteVersion = ReadonlyMap<string, string>;

/** Pages that every version has, beside the root page. */
const pages = 24;

/** An image repeats after this many versions, so that rollbacks and updates find some of their objects. */
const imagePeriod = 3;

/**
 * A version of a site as a documentation generator writes it: each page names its assets, and the names of assets have
 * the digest of their content. All pages and some assets differ between versions; one page is only in every second
 * version; one file has the same name and other content in each.
 */
export function siteVersion(version: number): SiteVersion {
  const style = asset('_static/style', 'css', `/* style of version ${version} */`);
  const script = asset('_static/search', 'js', '// the same in all versions');
  const images = Array.from({ length: pages }, (_, at) =>
    asset(`_images/figure-${at}`, 'svg', `<svg><!-- ${at}, ${(version + at) % imagePeriod} --></svg>`),
  );
  const page = (path: string, needs: readonly Asset[]): readonly [string, string] => [
    path,
    pageText(`${path} of version ${version}`, needs),
  ];
  return new Map([
    ...[style, script, ...images].map(({ path, content }) => [path, content] as const),
    page('index.html', [style, script]),
    ...images.map((image, at) => page(`guide/page-${at}.html`, [style, script, image])),
    page(`news/${version % 2 === 0 ? 'even' : 'odd'}.html`, [style]),
    ['objects.inv', `inventory of version ${version}`],
  ]);
}

/** The paths of the assets that a page names. */
export function assetsOf(page: string): readonly string[] {
  return [...page.matchAll(/ (?:href|src)="\/([^"]+)"/g)].map(([, path = '']) => path);
}

/** Whether the content matches the name of an asset. */
export function isContentOf(path: string, content: string): boolean {
  return path.includes(`.${digestOf(content)}.`);
}

interface Asset {
  readonly path: string;
  readonly content: string;
}

function asset(name: string, extension: string, content: string): Asset {
  return { path: `${name}.${digestOf(content)}.${extension}`, content };
}

function digestOf(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

/** Long enough to detect a torn answer. */
function pageText(title: string, needs: readonly Asset[]): string {
  const links = needs.map(({ path }) =>
    path.endsWith('.css')
      ? `<link rel="stylesheet" href="/${path}">`
      : `<${path.endsWith('.js') ? 'script' : 'img'} src="/${path}">`,
  );
  return [`<!doctype html><title>${title}</title>`, ...links, `<p>${title}</p>`.repeat(20), '</html>'].join('\n');
}
