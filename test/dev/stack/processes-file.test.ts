import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../../../dev/process-group.js';
import { killLeftovers, noteProcesses, ownerVariable } from '../../../dev/stack/processes-file.js';
import { startProcess } from '../../../dev/start-process.js';
import { temporaryFolder } from '../../../dev/temporary-folder.js';

describe('what a killed stack left running', () => {
  before(function () {
    // Whose a process is can only be told where there is /proc.
    if (!existsSync('/proc/self/environ')) this.skip();
  });

  it('is killed by the next one, if it is that stack’s', async () => {
    const folder = await temporaryFolder('ltd-keeper-leftovers-test');
    const start = (owner: string): ReturnType<typeof startProcess> =>
      startProcess({
        name: 'sleeper',
        command: 'sleep',
        args: ['1000'],
        logFile: join(folder, 'sleeper.log'),
        env: { ...process.env, [ownerVariable]: owner },
      });
    const [ours, another] = await Promise.all([start(folder), start('/some/other/stack')]);
    await noteProcesses(folder, [ours.pid, another.pid]);
    await killLeftovers(folder);
    assert.equal(isAlive(ours.pid), false);
    assert.equal(isAlive(another.pid), true);
    await another.stop();
  });

  it('is nothing where no stack ran', async () => {
    await killLeftovers(await temporaryFolder('ltd-keeper-leftovers-test'));
  });
});
