import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freeze } from '../../../../dev/chaos/faults/freeze.js';
import { type RunningProcess, startProcess } from '../../../../dev/start-process.js';
import { temporaryFolder } from '../../../../dev/temporary-folder.js';
import { eventually } from '../../../support/eventually.js';

describe('freeze', () => {
  let parent: RunningProcess;

  before(async function () {
    if (!existsSync('/proc/self/stat')) this.skip(); // children are looked for there
    // The child leads a group of its own, as those of PostgreSQL do.
    const script = 'setsid sleep 60 & echo $!; wait';
    const logFile = join(await temporaryFolder('ltd-keeper-freeze-test'), 'parent.log');
    parent = await startProcess({ name: 'parent', command: 'sh', args: ['-c', script], logFile });
  });

  after(async () => {
    await parent.stop();
  });

  /** `T` is a frozen one. */
  const stateOf = async (pid: number): Promise<string | undefined> =>
    /\) (\w)/.exec(await readFile(`/proc/${pid}/stat`, 'utf8'))?.[1];

  it('stops a process and its children, and continues them', async () => {
    const child = await eventually('its child', async () => {
      const pid = Number(await readFile(parent.logFile, 'utf8'));
      return pid > 0 && pid;
    });
    const thaw = await freeze(parent.pid);
    for (const pid of [parent.pid, child])
      await eventually('it to stand still', async () => (await stateOf(pid)) === 'T');
    thaw?.();
    for (const pid of [parent.pid, child]) await eventually('it to go on', async () => (await stateOf(pid)) === 'S');
    process.kill(child);
  });

  it('returns undefined when no process has the id', async () => {
    await parent.stop();
    assert.equal(await freeze(parent.pid), undefined);
  });
});
