import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fromByteString, KeyIndex, toByteString } from '../../../dev/object-store/key-index.js';

const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const keysOf = (index: KeyIndex<unknown>, from = '', isExclusive = false): string[] =>
  [...index.from(toByteString(from), isExclusive)].map(fromByteString);
const inByteOrder = (keys: Iterable<string>): string[] =>
  [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

describe('KeyIndex', () => {
  it('orders keys by their UTF-8 bytes, where UTF-16 differs', () => {
    const index = new KeyIndex<number>();
    const keys = ['\u{1F600}', '\uFF5E', 'z', 'é', 'a/b', 'a', 'a-b', 'a//b'];
    keys.forEach((name, at) => {
      index.set(name, at);
    });
    assert.deepEqual(keysOf(index), ['a', 'a-b', 'a//b', 'a/b', 'z', 'é', '\uFF5E', '\u{1F600}']);
  });

  it('holds the same keys as a sorted map, after any changes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.boolean()), { maxLength: 200 }), key, (changes, from) => {
        const index = new KeyIndex<number>();
        const model = new Map<string, number>();
        changes.forEach(([name, isSet], at) => {
          if (isSet) {
            index.set(name, at);
            model.set(name, at);
          } else {
            assert.equal(index.delete(name), model.delete(name));
          }
        });
        const sorted = inByteOrder(model.keys());
        assert.equal(index.size, model.size);
        assert.deepEqual(keysOf(index), sorted);
        const isBefore = (name: string): boolean => Buffer.compare(Buffer.from(name), Buffer.from(from)) < 0;
        assert.deepEqual(
          keysOf(index, from),
          sorted.filter((name) => !isBefore(name)),
        );
        assert.deepEqual(
          keysOf(index, from, true),
          sorted.filter((name) => !isBefore(name) && name !== from),
        );
        for (const [name, value] of model) assert.equal(index.get(name), value);
      }),
    );
  });

  it('stays in order over thousands of keys, set and deleted in a scattered order', () => {
    const index = new KeyIndex<number>();
    const names = Array.from({ length: 5_000 }, (_, at) => `key-${(at * 7_919) % 5_000}`);
    for (const name of names) index.set(name, 0);
    for (const name of names) if (name.endsWith('3')) index.delete(name);
    assert.deepEqual(keysOf(index), inByteOrder(new Set(names.filter((name) => !name.endsWith('3')))));
  });
});
