import assert from 'node:assert/strict';
import { renderMarkdown } from '../../../dev/demo/render-markdown.js';

describe('renderMarkdown', () => {
  const html = (markdown: string): string => renderMarkdown(markdown, (href) => href).html;

  it('takes the title from the first heading', () => {
    const { title } = renderMarkdown('# `copy` & *purge*\n\n## Next\n', (href) => href);
    assert.equal(title, 'copy & purge');
    assert.equal(renderMarkdown('text', (href) => href).title, undefined);
  });

  it('gives headings the ids that GitHub gives them', () => {
    assert.match(html('## What it does, `step` by step!'), /<h2 id="what-it-does-step-by-step">/);
    assert.match(html('# Größe\n\n# Größe'), /id="größe"[^]*id="größe-1"/);
  });

  it('resolves links, and converts those without a target to text', () => {
    const { html: rendered } = renderMarkdown('[a](A.md) [b `c`](B.ts)', (href) =>
      href === 'A.md' ? 'a.html?x=1&y="' : undefined,
    );
    assert.equal(rendered, '<p><a href="a.html?x=1&#38;y=&#34;">a</a> b <code>c</code></p>\n');
  });

  it('renders no images of a page', () => {
    assert.equal(html('![a <badge>](https://example.org/badge.svg)'), '<p>a &#60;badge&#62;</p>\n');
  });

  it('escapes text in code', () => {
    assert.match(
      html('```ts\nif (a < b && c) x("&amp;");\n```'),
      /if \(a &#60; b &#38;&#38; c\) x\(&#34;&#38;amp;&#34;\);/,
    );
  });

  it('makes tables scrollable by keyboard, and marks their column headings', () => {
    const table = html('| a | b |\n|---|---|\n| 1 | `x` |\n');
    assert.match(table, /<div class="scrolls" role="region" aria-label="Table" tabindex="0">/);
    assert.match(table, /<th scope="col">a<\/th>/);
    assert.match(table, /<td><code>x<\/code><\/td>/);
    assert.match(html('| | b |\n|---|---|\n| 1 | 2 |\n'), /<tr><td><\/td><th scope="col">b<\/th><\/tr>/);
  });
});
