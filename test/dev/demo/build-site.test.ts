import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { Marked } from 'marked';
import type { SiteFile } from '../../../dev/client/site-file.js';
import { buildSite } from '../../../dev/demo/build-site.js';
import { checkout } from '../../../scripts/paths.js';
import { temporaryFolder } from '../../../dev/temporary-folder.js';

const markdown: Readonly<Record<string, string>> = {
  'README.md': '# The project\n\n[guide](docs/guide.md#one), [code](src/a.ts)\n',
  'ARCHITECTURE.md': '# Architecture\n',
  'CONTRIBUTING.md': '# Contributing\n',
  'CHANGELOG.md': '# Changelog\n',
  'docs/guide.md': '# A \\<guide>\n\n## One\n\n[home](../README.md)\n',
};

describe('buildSite', () => {
  let folder: string;
  let first: Map<string, SiteFile>;
  let second: Map<string, SiteFile>;

  before(async () => {
    folder = await temporaryFolder('demo-site');
    for (const [path, text] of Object.entries(markdown)) await write(path, text);
    for (const name of ['site.css', 'icon.svg'])
      await write(`dev/demo/${name}`, await readFile(join(checkout, 'dev', 'demo', name), 'utf8'));
    const extraPages = { 'soon.md': '# Soon\n' };
    first = byPath(await buildSite({ folder, version: '1', extraPages }));
    second = byPath(await buildSite({ folder, version: '2' }));
  });

  it('renders a page for each Markdown file, and a list of the guides', () => {
    assert.deepEqual(
      [...second.keys()],
      [
        ...['index.html', 'architecture.html', 'contributing.html', 'changelog.html'],
        ...['docs/index.html', 'docs/guide.html', '404.html', '_static/site.css', '_static/icon.svg'],
      ],
    );
    assert.match(contentOf(second, 'docs/index.html'), /<a href="guide.html">A [^<]*<\/a>/);
  });

  it('shows the version on every page', () => {
    for (const { path, content } of second.values())
      if (path.endsWith('.html')) assert.match(content, /version 2/i, path);
  });

  it('adds the extra pages to one version alone, also in its navigation', () => {
    assert.match(contentOf(first, 'soon.html'), /<h1 id="soon">/);
    assert.match(contentOf(first, 'docs/guide.html'), /<a href="..\/soon.html">Soon<\/a>/);
    assert.equal(second.has('soon.html'), false);
    assert.doesNotMatch(contentOf(second, 'docs/guide.html'), /soon.html/);
  });

  it('marks the current page in the navigation', () => {
    assert.match(contentOf(second, 'docs/guide.html'), /<a href="guide.html" aria-current="page">/);
    assert.equal(contentOf(second, 'docs/guide.html').match(/aria-current/g)?.length, 1);
  });

  it('escapes the titles of pages', () => {
    assert.match(contentOf(second, 'docs/guide.html'), /<title>A &#60;guide&#62; · LTD Keeper<\/title>/);
  });

  it('links and loads only existing files', () => {
    for (const site of [first, second]) assert.deepEqual(deadLinks(site), []);
  });

  async function write(path: string, text: string): Promise<void> {
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
});

describe("this project's own documentation", () => {
  it('becomes a site whose links all resolve and that loads nothing from other hosts', async () => {
    assert.deepEqual(deadLinks(byPath(await buildSite({ folder: checkout, version: '1' }))), []);
  });

  it('names only files that exist', async () => {
    const guides = (await readdir(join(checkout, 'docs'))).filter((name) => name.endsWith('.md'));
    const top = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];
    const sources = [...top, ...guides.map((name) => `docs/${name}`)];
    const missing: string[] = [];
    for (const source of sources)
      for (const href of await relativeLinks(source))
        if (!existsSync(join(checkout, dirname(source), href))) missing.push(`${source}: ${href}`);
    assert.deepEqual(missing, []);
  });
});

function byPath(files: readonly SiteFile[]): Map<string, SiteFile> {
  return new Map(files.map((file) => [file.path, file]));
}

function contentOf(site: ReadonlyMap<string, SiteFile>, path: string): string {
  return site.get(path)?.content ?? assert.fail(`no ${path}`);
}

/** References of the site to missing pages; for other sites, the resources that it loads. */
function deadLinks(site: ReadonlyMap<string, SiteFile>): string[] {
  const dead: string[] = [];
  for (const { path, content } of site.values()) {
    for (const [, tag, href = ''] of content.matchAll(/<(\w+)[^>]*\s(?:href|src)="([^"]*)"/g)) {
      if (/^[a-z]+:/.test(href) ? tag !== 'a' : !leadsSomewhere(site, path, href)) dead.push(`${path}: ${href}`);
    }
  }
  return dead;
}

function leadsSomewhere(site: ReadonlyMap<string, SiteFile>, from: string, href: string): boolean {
  const [address = '', fragment] = href.split('#');
  const target = posix.join(posix.dirname(from), address);
  const path = address === '' ? from : target.endsWith('/') ? posix.join(target, 'index.html') : target;
  const content = site.get(decodeURI(path))?.content;
  return content !== undefined && (fragment === undefined || content.includes(`id="${fragment}"`));
}

/** The links of a Markdown file to files beside it, without their fragments. */
async function relativeLinks(source: string): Promise<string[]> {
  const links: string[] = [];
  const marked = new Marked();
  void marked.walkTokens(marked.lexer(await readFile(join(checkout, source), 'utf8')), (token) => {
    if (token.type === 'link' && !/^([a-z]+:|#)/i.test(String(token.href)))
      links.push(String(token.href).split('#')[0] ?? '');
  });
  return links;
}
