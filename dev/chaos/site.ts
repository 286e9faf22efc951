import { createHash } from 'node:crypto';
import { createSeededRandom } from '../object-store/seeded-random.js';
import { directoriesOf, type SiteFile } from '../client/site-file.js';

/** Pages and assets that every build has. */
const common = ['index.html', 'guide/index.html', 'guide/start.html', 'reference/api.html', 'assets/site.css'];

/** What about half of all builds have, each another half. */
const optional = Array.from({ length: 50 }, (_, index) =>
  index % 3 === 0 ? `assets/figure-${index}.svg` : `chapters/chapter-${index}.html`,
);

/** All the paths that a reader may ask for. */
export const sitePaths: readonly string[] = [...common, ...optional];

/** What every build has with the same content, each served with headers of its own: only those tell them apart. */
const shared = Array.from({ length: 8 }, (_, index) => `shared/font-${index}.woff2`);

/** What a third of all builds have: so large that it is copied in parts. */
const large = 'downloads/archive.bin';

/** Bytes: a little more than the least threshold of a copy in parts. */
const largeSize = 5 * 1024 ** 2 + 4_096;

const contentTypes: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css',
  svg: 'image/svg+xml',
};

/** The directories of every site, as a registration names them. */
export const siteDirectories: readonly string[] = directoriesOf(
  [...sitePaths, ...shared, large].map((path) => ({ path })),
);

interface Contents {
  /** What a reader may ask for. */
  readonly pages: readonly string[];
  readonly hasLarge: boolean;
  /** One of the types that the shared files are served with. */
  readonly sharedType: string;
}

/** The contents of a build, the same ones each time. */
function contentsOf(build: number): Contents {
  const random = createSeededRandom(build);
  const pages = [...common, ...optional.filter(() => random() < 0.5)];
  return { pages, hasLarge: random() < 0.35, sharedType: `font/woff2; variant=${Math.floor(random() * 3)}` };
}

/** The paths of a build that a reader may ask for. */
export function pagesOf(build: number): readonly string[] {
  return contentsOf(build).pages;
}

/** The files of a build, the same ones each time. Every page says which build and path it is of, and has a digest. */
export function siteOf(build: number): readonly SiteFile[] {
  const { pages, hasLarge, sharedType } = contentsOf(build);
  return [
    ...pages.map((path) => pageOf({ build, path })),
    ...shared.map((path) => ({ path, contentType: sharedType, content: `the same in all builds: ${path}` })),
    ...(hasLarge ? [largeOf(build)] : []),
  ];
}

interface Page {
  readonly build: number;
  readonly path: string;
  /** Counts what became of it after its upload. @default 0 */
  readonly revision?: number;
}

/** A page of a build; one of a later revision is what a build has that was changed after its upload. */
export function pageOf({ build, path, revision = 0 }: Page): SiteFile {
  const text = `build ${build}\npath ${path}\nrevision ${revision}\n${'Lorem ipsum dolor sit amet. '.repeat(40)}\n`;
  return {
    path,
    contentType: contentTypes[path.slice(path.lastIndexOf('.') + 1)] ?? 'text/plain',
    content: `${text}digest ${digest(text)}\n`,
  };
}

function largeOf(build: number): SiteFile {
  const line = `part of build ${build}\n`;
  const content = line.repeat(Math.ceil(largeSize / line.length));
  return { path: large, contentType: 'application/octet-stream', content };
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
