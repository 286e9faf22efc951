import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkout } from '../../scripts/paths.js';
import { packageVersion } from '../../src/process/package-version.js';
import { testFolder } from '../support/servers.js';

const run = promisify(execFile);

describe('the command ltd-keeper', () => {
  it('runs the compiled command line from any folder', async () => {
    const { stdout } = await run(join(checkout, 'bin/ltd-keeper.js'), ['--version'], { cwd: '/' });
    assert.equal(stdout, `${packageVersion}\n`);
  });

  it('passes on the exit code of the command line', async () => {
    await assert.rejects(run(join(checkout, 'bin/ltd-keeper.js'), ['frobnicate']), { code: 2 });
  });

  it('starts the API and the worker, which name their missing settings', async () => {
    for (const program of ['api', 'worker']) {
      const failed = run(join(checkout, 'bin/ltd-keeper.js'), [program], {
        env: { PATH: process.env['PATH'] },
      });
      await assert.rejects(failed, { code: 1, stderr: /DATABASE_URL is not set/ });
    }
  });

  it('shows the help of the API and the worker instead of starting them when arguments are added', async () => {
    const { stdout } = await run(join(checkout, 'bin/ltd-keeper.js'), ['worker', '--help']);
    assert.match(stdout, /carry out publications until told to stop/);
    await assert.rejects(run(join(checkout, 'bin/ltd-keeper.js'), ['api', 'now']), { code: 2 });
  });

  it('says what to do when nothing is compiled', async () => {
    const folder = join(await testFolder(), 'not-compiled');
    await mkdir(folder);
    await cp(join(checkout, 'bin'), join(folder, 'bin'), { recursive: true });
    await cp(join(checkout, 'package.json'), join(folder, 'package.json'));
    await assert.rejects(run(join(folder, 'bin/ltd-keeper.js'), ['--version']), {
      code: 1,
      stderr: "ltd-keeper is not compiled yet. Run 'make build' in its checkout, then try again.\n",
    });
  });
});
