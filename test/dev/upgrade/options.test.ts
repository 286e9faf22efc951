import assert from 'node:assert/strict';
import { upgradeOptions } from '../../../dev/upgrade/options.js';

describe('upgradeOptions', () => {
  it('uses the version before this one, as git names it', () => {
    assert.deepEqual(upgradeOptions({ FROM: 'v1.24.0' }), { from: 'v1.24.0' });
  });

  it('says how to name the version when git finds none', () => {
    for (const env of [{}, { FROM: '' }]) assert.throws(() => upgradeOptions(env), /make test-upgrade FROM=v1\.24\.0/);
  });
});
