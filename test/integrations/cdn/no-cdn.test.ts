import { createNoCdn } from '../../../src/integrations/cdn/no-cdn.js';

describe('no CDN', () => {
  it('has nothing to purge', async () => {
    await createNoCdn().purge('any');
  });
});
