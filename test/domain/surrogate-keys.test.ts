import assert from 'node:assert/strict';
import { surrogateKey } from '../../src/domain/surrogate-keys.js';

describe('surrogateKey', () => {
  it('returns the 32 hexadecimal digits of the UUID', () => {
    assert.equal(surrogateKey('0F8FAD5B-d9cb-469f-a165-70867728950e'), '0f8fad5bd9cb469fa16570867728950e');
  });

  for (const text of [
    '',
    'not-a-uuid',
    '0f8fad5b-d9cb-469f-a165-70867728950',
    '0f8fad5b-d9cb-469f-a165-70867728950g',
  ]) {
    it(`refuses '${text}' as a UUID`, () => {
      assert.throws(() => surrogateKey(text), new RangeError(`'${text}' is no UUID`));
    });
  }
});
