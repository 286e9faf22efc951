import assert from 'node:assert/strict';
import { chaosOptions } from '../../../dev/chaos/options.js';

describe('the options of make chaos', () => {
  it('are a minute of faults and a new seed, unless told otherwise', () => {
    assert.deepEqual(
      chaosOptions({}, () => 42),
      { seed: 42, duration: 60_000 },
    );
    assert.deepEqual(
      chaosOptions({ SEED: '7', DURATION: '900' }, () => 42),
      { seed: 7, duration: 900_000 },
    );
  });

  for (const [name, value] of [
    ['SEED', 'lucky'],
    ['DURATION', '15m'],
    ['DURATION', '-1'],
  ] as const)
    it(`refuse ${name}=${value}, and say what to give`, () => {
      assert.throws(
        () => chaosOptions({ [name]: value }, () => 42),
        new RegExp(`${name}=${value} is not a whole number`),
      );
    });
});
