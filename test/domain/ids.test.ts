import assert from 'node:assert/strict';
import { parseId } from '../../src/domain/ids.js';

describe('parseId', () => {
  const cases: readonly (readonly [string, number | undefined])[] = [
    ['1', 1],
    ['007', 7],
    ['2147483647', 2_147_483_647],
    ['2147483648', undefined],
    ['99999999999999', undefined],
    ['9'.repeat(1_000), undefined],
    ['0', undefined],
    ['-1', undefined],
    ['+1', undefined],
    ['1.0', undefined],
    ['1e3', undefined],
    ['0x1', undefined],
    [' 1', undefined],
    ['1\n', undefined],
    ['', undefined],
    ['abc', undefined],
    ['١', undefined],
  ];
  for (const [text, expected] of cases) {
    it(`parses ${JSON.stringify(text.slice(0, 20))} as ${expected ?? 'no id'}`, () => {
      assert.equal(parseId(text), expected);
    });
  }
});
