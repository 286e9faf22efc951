import assert from 'node:assert/strict';
import { faultKinds } from '../../../dev/chaos/faults/fault-kinds.js';
import { chaosOptions } from '../../../dev/chaos/options.js';

describe('the options of make chaos', () => {
  it('are a minute of faults and a new seed, unless told otherwise', () => {
    assert.deepEqual(
      chaosOptions({}, () => 42),
      { seed: 42, duration: 60_000, kinds: faultKinds },
    );
    assert.deepEqual(
      chaosOptions({ SEED: '7', DURATION: '900', FAULTS: 'kill postgres, freeze a worker' }, () => 42),
      { seed: 7, duration: 900_000, kinds: ['kill postgres', 'freeze a worker'] },
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

  it('refuse a fault that they do not know, and name those that they do', () => {
    assert.throws(
      () => chaosOptions({ FAULTS: 'kill a cat' }, () => 42),
      /FAULTS=kill a cat is not known: give some of kill a worker, /,
    );
  });
});
