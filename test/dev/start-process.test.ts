import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildRoot } from '../../scripts/paths.js';
import { isAlive } from '../../dev/process-group.js';
import { logTail, type RunningProcess, startProcess } from '../../dev/start-process.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { eventually } from '../support/eventually.js';

const run = promisify(execFile);

describe('startProcess', () => {
  let folder: string;

  before(async () => {
    folder = await temporaryFolder('ltd-keeper-process-test');
  });

  const shell = (name: string, script: string): Promise<RunningProcess> =>
    startProcess({ name, command: 'sh', args: ['-c', script], logFile: join(folder, `${name}.log`) });

  it('writes both outputs of the process to its log, and returns its exit code', async () => {
    const child = await shell('writer', 'echo out; echo err >&2; exit 3');
    // The child alone does not keep this process alive.
    await eventually('its end', () => Promise.resolve(child.exit() !== undefined));
    assert.deepEqual(await child.exited, { code: 3, signal: null });
    assert.equal(await readFile(child.logFile, 'utf8'), 'out\nerr\n');
    assert.equal(await logTail(child), 'out\nerr');
  });

  it('stops a process with SIGTERM, and lets it finish', async () => {
    const child = await shell('polite', "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done");
    await eventually('its start', async () => (await logTail(child)).includes('up'));
    assert.deepEqual(await child.stop(), { code: 0, signal: null });
    assert.match(await logTail(child), /bye/);
  });

  it('kills a process that does not end, together with its children', async () => {
    const child = await shell('deaf', "trap '' TERM; sh -c 'sleep 1000' & echo child $!; while :; do sleep 0.05; done");
    const grandchild = await eventually('its child', async () => {
      const pid = /child (\d+)/.exec(await logTail(child))?.[1];
      return pid === undefined ? undefined : Number(pid);
    });
    assert.deepEqual(await child.stop(100), { code: null, signal: 'SIGKILL' });
    await eventually('its child to be gone', () => Promise.resolve(!isAlive(grandchild)));
  });

  it('waits for a killed process although nothing else keeps its parent alive', async () => {
    const program = `
      import { startProcess } from ${JSON.stringify(join(buildRoot, 'dev', 'start-process.js'))};
      const args = ['-c', 'trap "" TERM; while :; do sleep 0.05; done'];
      const child = await startProcess({ name: 'deaf', command: 'sh', args,
        logFile: ${JSON.stringify(join(folder, 'd'))} });
      await new Promise((resolve) => setTimeout(resolve, 300));
      console.log((await child.stop(100)).signal);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program]);
    assert.equal(stdout, 'SIGKILL\n');
  });

  it('names the program that cannot be started, and the reason', async () => {
    const options = {
      name: 'ghost',
      command: '/no/such/program',
      args: [],
      logFile: join(folder, 'ghost.log'),
    };
    await assert.rejects(startProcess(options), /ghost cannot be started \(\/no\/such\/program\).*ENOENT/);
  });
});
