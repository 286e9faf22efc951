import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../dev/free-port.js';
import { containerProgram } from '../../src/cli/commands/health.js';
import { cli, type CliResult } from '../support/cli.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';

describe('ltd-keeper health', () => {
  let status = 200;
  let server: Server;

  before(async () => {
    server = createServer((_request, response) => response.writeHead(status).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => {
    server.close().closeAllConnections();
  });

  const port = (): number => (server.address() as AddressInfo).port; // a TCP port, not a pipe

  const health = (asked: number, host = '0.0.0.0'): Promise<CliResult> =>
    cli(['health'], { env: { DATABASE_URL: 'postgresql://nobody/asks', HOST: host, PORT: String(asked) } });

  it('exits with 0 when the API answers', async () => {
    const expected = `http://127.0.0.1:${port()}/healthz answers.\n`;
    assert.deepEqual(await health(port()), { code: 0, stdout: expected, stderr: '' });
  });

  it('fails when the API does not answer, or answers that it is unhealthy', async () => {
    const refused = await health(await freePort(), '127.0.0.1');
    assert.match(refused.stderr, /^Nobody answers at http:\/\/127\.0\.0\.1:\d+\/healthz; see the program's log/);
    assert.equal(refused.code, 1);
    status = 500;
    const unwell = await health(port());
    assert.match(unwell.stderr, /healthz answers 500; see the program's log/);
    assert.equal(unwell.code, 1);
  });

  it('recognises the program that its container runs', async () => {
    const file = join(await temporaryFolder('cmdline'), 'cmdline');
    await writeFile(file, ['tini', '--', 'ltd-keeper', 'worker', ''].join('\0'));
    assert.equal(await containerProgram(file), 'worker');
    assert.equal(await containerProgram(`${file}-of-another-system`), undefined);
  });
});
