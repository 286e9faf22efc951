import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { checkout } from '../../scripts/paths.js';
import { cli } from '../support/cli.js';

const command = join(checkout, 'bin', 'ltd-keeper.js');
const keys = { LTD_TEMPORAL_ENCRYPTION_KEYS: `a:${randomBytes(32).toString('base64')}` };

describe('ltd-keeper codec-server', () => {
  it('decrypts with the configured keys, needs no other setting, and exits on a stop signal', async () => {
    const child = spawn(command, ['codec-server', '--port', '0'], {
      env: { PATH: process.env['PATH'], ...keys },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const url = /http:\/\/127\.0\.0\.1:\d+$/.exec(line)?.[0] ?? assert.fail(line);
    const post = async (path: string, body: string): Promise<string> =>
      (await fetch(`${url}${path}`, { method: 'POST', body })).text();
    const plain = JSON.stringify({ payloads: [{ metadata: { encoding: 'YQ==' }, data: 'Yg==' }] });
    assert.equal(await post('/decode', await post('/encode', plain)), plain);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('names a missing setting, and refuses an invalid port', async () => {
    const without = await cli(['codec-server']);
    assert.equal(without.code, 1);
    assert.match(without.stderr, /LTD_TEMPORAL_ENCRYPTION_KEYS is not set/);
    assert.equal((await cli(['codec-server', '--port', '65536'], { env: keys })).code, 2);
  });
});
