import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, isFree, reservePort } from '../../dev/free-port.js';
import { buildRoot } from '../../scripts/paths.js';

const run = promisify(execFile);

describe('a free port', () => {
  it('is one that a server can listen on', async () => {
    assert.ok(await isFree(await freePort()));
  });

  it('is given to nobody else, before a server listens on it: neither here nor to another process', async () => {
    const port = await freePort();
    assert.equal(await reservePort(port), false);
    const script = `import { reservePort } from ${JSON.stringify(join(buildRoot, 'dev', 'free-port.js'))};
      process.stdout.write(String(await reservePort(${port})));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
    assert.equal(stdout, 'false');
  });
});
