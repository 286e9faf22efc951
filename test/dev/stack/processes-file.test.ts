import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../../../dev/process-group.js';
import { killLeftovers, noteProcesses, ownerVariable } from '../../../dev/stack/processes-file.js';
import { startProcess } from '../../../dev/start-process.js';
import { temporaryFolder } from '../../../dev/temporary-folder.js';

describe('processes that a killed stack left', () => {
  before(function () {
    // Only /proc tells to which stack a process belongs.
    if (!existsSync('/proc/self/environ')) this.skip();
  });

  it('ends the processes of a killed stack before the next one starts, and no others', async () => {
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

  it('ends nothing when no stack ran', async () => {
    await killLeftovers(await temporaryFolder('ltd-keeper-leftovers-test'));
  });
});
