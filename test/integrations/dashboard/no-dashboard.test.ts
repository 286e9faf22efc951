import assert from 'node:assert/strict';
import { createNoDashboard } from '../../../src/integrations/dashboard/no-dashboard.js';

describe('no dashboard', () => {
  it('says that it is skipped', async () => {
    assert.equal(await createNoDashboard().build('https://keeper.example.org/products/p'), 'skipped');
  });
});
