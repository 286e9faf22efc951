import assert from 'node:assert/strict';
import { linkTarget, pagePath, relativeAddress } from '../../../dev/demo/page-address.js';

describe('pagePath', () => {
  const cases: readonly (readonly [source: string, path: string])[] = [
    ['README.md', 'index.html'],
    ['ARCHITECTURE.md', 'architecture.html'],
    ['docs/README.md', 'docs/index.html'],
    ['docs/configuration.md', 'docs/configuration.html'],
  ];
  for (const [source, path] of cases)
    it(`writes the page of ${source} to ${path}`, () => {
      assert.equal(pagePath(source), path);
    });
});

describe('relativeAddress', () => {
  const cases: readonly (readonly [from: string, to: string, address: string])[] = [
    ['index.html', 'architecture.html', 'architecture.html'],
    ['index.html', 'docs/index.html', 'docs/'],
    ['docs/configuration.html', 'index.html', '../'],
    ['docs/configuration.html', 'docs/index.html', './'],
    ['docs/configuration.html', '_static/site.css', '../_static/site.css'],
    ['index.html', 'index.html', './'],
  ];
  for (const [from, to, address] of cases)
    it(`links from ${from} to ${to} as ${address}`, () => {
      assert.equal(relativeAddress(from, to), address);
    });
});

describe('linkTarget', () => {
  const pages = new Set([
    'index.html',
    'architecture.html',
    'docs/index.html',
    'docs/configuration.html',
    'docs/two words.html',
  ]);
  const cases: readonly (readonly [source: string, href: string, target: string | undefined])[] = [
    ['README.md', 'https://temporal.io/a.md', 'https://temporal.io/a.md'],
    ['README.md', 'mailto:a@example.org', 'mailto:a@example.org'],
    ['README.md', '//example.org/', '//example.org/'],
    ['README.md', '#usage', '#usage'],
    ['README.md', 'ARCHITECTURE.md', 'architecture.html'],
    ['README.md', './ARCHITECTURE.md#the-flow', 'architecture.html#the-flow'],
    ['README.md', 'docs/', 'docs/'],
    ['README.md', 'docs', 'docs/'],
    ['README.md', 'docs/two%20words.md', 'docs/two words.html'],
    ['docs/configuration.md', '../README.md#usage', '../#usage'],
    ['docs/configuration.md', '../ARCHITECTURE.md', '../architecture.html'],
    ['docs/configuration.md', 'configuration.md', 'configuration.html'],
    ['README.md', 'LICENSE', undefined],
    ['README.md', 'src/config.ts', undefined],
    ['README.md', 'docs/unknown.md', undefined],
    ['README.md', 'architecture', undefined],
  ];
  for (const [source, href, target] of cases)
    it(`resolves ${href} in ${source} to ${target ?? 'nothing'}`, () => {
      assert.equal(linkTarget({ source, href }, pages), target);
    });
});
