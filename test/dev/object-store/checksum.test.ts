import assert from 'node:assert/strict';
import { startChecksum } from '../../../dev/object-store/checksum.js';
import { checksumAlgorithms } from '../../../dev/object-store/stored-object.js';

// The check values of the CRC catalogue, and of the hashes' own specifications, for the text 123456789.
const expected = {
  CRC32: 'cbf43926',
  CRC32C: 'e3069283',
  CRC64NVME: 'ae8b14860a799888',
  SHA1: 'f7c3bc1d808e04732adf679965ccc34ca7ae3441',
  SHA256: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
};

describe('startChecksum', () => {
  for (const algorithm of checksumAlgorithms) {
    it(`computes ${algorithm} of one chunk and of several`, () => {
      const whole = startChecksum(algorithm);
      whole.update(Buffer.from('123456789'));
      const pieces = startChecksum(algorithm);
      for (const piece of ['12', '', '3456', '789']) pieces.update(Buffer.from(piece));
      const value = whole.digest();
      assert.equal(Buffer.from(value, 'base64').toString('hex'), expected[algorithm]);
      assert.equal(pieces.digest(), value);
    });
  }
});
