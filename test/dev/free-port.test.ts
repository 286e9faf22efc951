import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, isFree, reservePort } from '../../dev/free-port.js';
import { buildRoot } from '../../scripts/paths.js';

const run = promisify(execFile);

describe('freePort', () => {
  it('returns a port on which a server can listen', async () => {
    assert.ok(await isFree(await freePort()));
  });

  it('returns a port only once before a server listens on it, also to other processes', async () => {
    const port = await freePort();
    assert.equal(await reservePort(port), false);
    const script = `import { reservePort } from ${JSON.stringify(join(buildRoot, 'dev', 'free-port.js'))};
      process.stdout.write(String(await reservePort(${port})));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
    assert.equal(stdout, 'false');
  });
});
