import { createHash } from 'node:crypto';
import { createSeededRandom } from '../object-store/seeded-random.js';
import type { SiteFile } from '../client/site-file.js';

/** Pages and assets that every build has. */
const common = [
  'index.html',
  'guide/index.html',
  'guide/start.html',
  'reference/api.html',
  'assets/site.css',
];

/** What about half of all builds have, each another half. */
const optional = Array.from({ length: 50 }, (_, index) =>
  index % 3 === 0 ? `assets/figure-${index}.svg` : `chapters/chapter-${index}.html`,
);

/** All the paths that a reader may ask for. */
export const sitePaths: readonly string[] = [...common, ...optional];

const contentTypes: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css',
  svg: 'image/svg+xml',
};

/** The files of a build, the same ones each time. Every one says which build and path it is of, and has a digest. */
export function siteOf(build: number): readonly SiteFile[] {
  const random = createSeededRandom(build);
  const paths = [...common, ...optional.filter(() => random() < 0.5)];
  return paths.map((path) => ({
    path,
    contentType: contentTypes[path.slice(path.lastIndexOf('.') + 1)] ?? 'text/plain',
    content: contentOf({ build, path }),
  }));
}

interface Page {
  readonly build: number;
  readonly path: string;
}

function contentOf(page: Page): string {
  const text = `build ${page.build}\npath ${page.path}\n${'Lorem ipsum dolor sit amet. '.repeat(40)}\n`;
  return `${text}digest ${digest(text)}\n`;
}

/** The build that a page says it is of; null when it is not whole, or a page of another path. */
export function readPageOf(path: string, content: string): number | null {
  const found = /^(build (\d+)\npath (\S+)\n[^]*)digest ([0-9a-f]{64})\n$/.exec(content);
  const [, text, build, of, claimed] = found ?? [];
  if (text === undefined || build === undefined || of !== path || digest(text) !== claimed) return null;
  return Number(build);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
