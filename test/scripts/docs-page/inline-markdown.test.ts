import assert from 'node:assert/strict';
import { readMarkdown } from '../../../scripts/docs-page/inline-markdown.js';

describe('readMarkdown', () => {
  const cases: readonly [markdown: string, said: readonly string[]][] = [
    ['plain', ['plain:plain']],
    ['a `b` c', ['plain:a ', 'code:b', 'plain: c']],
    ['**A.** b', ['strong:A.', 'plain: b']],
    ['`a``b`', ['code:a', 'code:b']],
    ['one `open', ['plain:one `open']],
    ['2 ** 3', ['plain:2 ** 3']],
    ['<b>&amp;</b>', ['plain:<b>&amp;</b>']],
    ['`**a**`', ['code:**a**']],
  ];
  for (const [markdown, said] of cases)
    it(`parses the Markdown ${markdown}`, () => {
      const [paragraph, ...others] = readMarkdown(markdown);
      assert.deepEqual(
        paragraph?.map(({ kind, text }) => `${kind}:${text}`),
        said,
      );
      assert.equal(others.length, 0);
    });

  it('splits paragraphs at empty lines', () => {
    assert.equal(readMarkdown('one\nstill one\n\ntwo').length, 2);
  });
});
