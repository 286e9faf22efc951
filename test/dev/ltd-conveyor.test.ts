import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ltdConveyor } from '../../dev/ltd-conveyor.js';
import { cacheDirectory } from '../../scripts/paths.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';

describe('ltdConveyor', function () {
  this.timeout(300_000); // The first run fetches packages.

  it('installs again from cached wheels without a network', async () => {
    await ltdConveyor('0.8.4');
    const cache = await temporaryFolder('python-cache');
    await symlink(join(cacheDirectory(), 'wheels'), join(cache, 'wheels'));
    const { ltd } = await ltdConveyor('0.8.4', offline(cache));
    assert.ok(existsSync(ltd));
  });

  it('names the command to run when packages cannot be fetched', async () => {
    const cache = await temporaryFolder('python-cache');
    await assert.rejects(ltdConveyor('0.8.4', offline(cache)), /could not be installed[^]*apt-get install python3-pip/);
  });

  function offline(cache: string): NodeJS.ProcessEnv {
    const nowhere = { PIP_INDEX_URL: 'http://127.0.0.1:1/', PIP_FIND_LINKS: '', PIP_RETRIES: '0' };
    return {
      ...process.env,
      ...nowhere,
      PIP_CONFIG_FILE: '/dev/null',
      PIP_NO_CACHE_DIR: '1',
      LTD_CACHE_DIR: cache,
    };
  }
});
