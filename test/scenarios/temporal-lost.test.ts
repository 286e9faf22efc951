import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { watchTask } from '../../dev/client/watch-task.js';
import { signalProcess } from '../../dev/process-group.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { eventually } from '../support/eventually.js';
import { makeStackProduct, product, type ScenarioStack, startScenarioStack } from '../support/scenario-stack.js';

describe('a Temporal server that restarts without its data during a publication', function () {
  this.timeout(400_000);
  let folder: string;
  let running: ScenarioStack;

  before(async () => {
    folder = await temporaryFolder('ltd-keeper-temporal-lost');
    running = await startScenarioStack(folder);
    await makeStackProduct(running);
  });

  after(async () => {
    await running.stack.stop();
  });

  it('lets the worker create the schedule again, which publishes the accepted build', async () => {
    const { stack, client } = running;
    assert.equal((await watchTask(client, await running.announce('first'))).status, 'SUCCESS');
    const task = await running.announce('second');
    await eventually('the publication to begin', async () => (await client.task(task)).status === 'STARTED');
    await rm(join(folder, 'temporal.db'));
    signalProcess(stack.processes().get('temporal') ?? NaN, 'SIGKILL');
    assert.equal((await watchTask(client, task)).status, 'SUCCESS');
    assert.equal(await running.readRoot(), 'second');
    const [edition] = await client.editions(product);
    assert.deepEqual([edition?.pending_rebuild, edition?.published_build_url], [false, edition?.build_url]);
  });
});
