import assert from 'node:assert/strict';
import { faultKinds } from '../../../dev/chaos/faults/fault-kinds.js';
import { chaosOptions } from '../../../dev/chaos/options.js';

describe('chaosOptions', () => {
  it('defaults to a minute of faults and a new seed', () => {
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
    it(`refuses ${name}=${value}, and names the expected value`, () => {
      assert.throws(
        () => chaosOptions({ [name]: value }, () => 42),
        new RegExp(`${name}=${value} is not a whole number`),
      );
    });

  it('refuses an unknown fault, and names the known ones', () => {
    assert.throws(
      () => chaosOptions({ FAULTS: 'kill a cat' }, () => 42),
      /FAULTS=kill a cat is not known: give some of kill a worker, /,
    );
  });
});
