import assert from 'node:assert/strict';
import { upgradeOptions } from '../../../dev/upgrade/options.js';

describe('upgradeOptions', () => {
  it('takes what git calls the version before', () => {
    assert.deepEqual(upgradeOptions({ FROM: 'v1.24.0' }), { from: 'v1.24.0' });
  });

  it('says how to give it where it is missing', () => {
    for (const env of [{}, { FROM: '' }])
      assert.throws(() => upgradeOptions(env), /make test-upgrade FROM=v1\.24\.0/);
  });
});
