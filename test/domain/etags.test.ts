import assert from 'node:assert/strict';
import { compareEtags } from '../../src/domain/etags.js';

describe('compareEtags', () => {
  for (const [a, b, expected] of [
    ['900150983cd24fb0d6963f7d28e17f72', '900150983cd24fb0d6963f7d28e17f72', 'same'],
    ['900150983cd24fb0d6963f7d28e17f72', '5d41402abc4b2a76b9719d911017c592', 'different'],
    ['900150983cd24fb0d6963f7d28e17f72-2', '900150983cd24fb0d6963f7d28e17f72-2', 'same'],
    ['900150983cd24fb0d6963f7d28e17f72-2', '5d41402abc4b2a76b9719d911017c592-2', 'unknown'],
    ['900150983cd24fb0d6963f7d28e17f72-2', '5d41402abc4b2a76b9719d911017c592', 'unknown'],
  ] as const) {
    it(`finds ${a} and ${b} ${expected}`, () => {
      assert.equal(compareEtags(a, b), expected);
      assert.equal(compareEtags(b, a), expected);
    });
  }
});
