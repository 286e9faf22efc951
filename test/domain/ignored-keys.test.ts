import assert from 'node:assert/strict';
import { ignoredKeys } from '../../src/domain/ignored-keys.js';

const known = ['tracked_refs', 'mode', 'title', 'build_url', 'slug', 'bucket_name'];

describe('ignoredKeys', () => {
  const cases: readonly (readonly [sent: readonly string[], notices: readonly string[]])[] = [
    [[], []],
    [known, []],
    [['titel'], ['Ignored the unknown key "titel": did you mean "title"?']],
    [['bucket'], ['Ignored the unknown key "bucket": did you mean "bucket_name"?']],
    [['SLUG', 'mod'], ['slug', 'mode'].map((key, at) => suggestion(['SLUG', 'mod'][at], key))],
    [['self_urls', 'x'], [`Ignored the unknown keys "self_urls", "x". This request reads: ${known.join(', ')}.`]],
    [['__proto__'], [`Ignored the unknown key "__proto__". This request reads: ${known.join(', ')}.`]],
  ];
  for (const [sent, notices] of cases)
    it(`returns ${notices.length} notices for ${JSON.stringify(sent)}`, () => {
      assert.deepEqual(ignoredKeys(sent, known), notices);
    });

  it('limits its answer for a body of many and long keys', () => {
    const notices = ignoredKeys(
      Array.from({ length: 100_000 }, (_, at) => `${'title'.repeat(at === 0 ? 10_000 : 1)}${at}`),
      known,
    );
    assert.ok(notices.length <= 11, `${notices.length} notices`);
    assert.ok(notices.join('').length < 2_000);
    assert.match(notices.at(-1) ?? '', /and 99990 more/);
  });
});

function suggestion(sent: string | undefined, key: string): string {
  return `Ignored the unknown key "${String(sent)}": did you mean "${key}"?`;
}
