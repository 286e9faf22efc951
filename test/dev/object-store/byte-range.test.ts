import assert from 'node:assert/strict';
import { parseCopyRange, parseRange } from '../../../dev/object-store/byte-range.js';

describe('parseRange', () => {
  const cases: [header: string | undefined, size: number, range: [number, number] | 'whole' | 'InvalidRange'][] = [
    [undefined, 10, 'whole'],
    ['bytes=0-0', 10, [0, 1]],
    ['bytes=2-5', 10, [2, 6]],
    ['bytes=2-', 10, [2, 10]],
    ['bytes=2-99', 10, [2, 10]],
    ['bytes=-3', 10, [7, 10]],
    ['bytes=-99', 10, [0, 10]],
    ['bytes=10-', 10, 'InvalidRange'],
    ['bytes=-0', 10, 'InvalidRange'],
    ['bytes=0-', 0, 'InvalidRange'],
    ['bytes=5-2', 10, 'whole'],
    ['bytes=0-1,3-4', 10, 'whole'],
    ['lines=0-1', 10, 'whole'],
    ['bytes=-', 10, 'whole'],
  ];
  for (const [header, size, expected] of cases) {
    it(`parses ${String(header)} of ${size} bytes as ${String(expected)}`, () => {
      if (expected === 'InvalidRange') {
        assert.throws(() => parseRange(header, size), { code: expected, status: 416 });
      } else {
        const range = expected === 'whole' ? undefined : { start: expected[0], end: expected[1] };
        assert.deepEqual(parseRange(header, size), range);
      }
    });
  }
});

describe('parseCopyRange', () => {
  it('parses a range within the object', () => {
    assert.deepEqual(parseCopyRange('bytes=2-9', 10), { start: 2, end: 10 });
  });
  for (const header of ['bytes=2-10', 'bytes=2-', 'bytes=-2', 'bytes=3-2', '2-3']) {
    it(`refuses ${header} of 10 bytes`, () => {
      assert.throws(() => parseCopyRange(header, 10), { code: 'InvalidArgument' });
    });
  }
});
