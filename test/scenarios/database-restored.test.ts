import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { watchTask } from '../../dev/client/watch-task.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { taskQueues, workflowTypes } from '../../src/workflows/contract.js';
import { cli } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { makeStackProduct, product, type ScenarioStack, startScenarioStack } from '../support/scenario-stack.js';

/** The time for a first start, two further ones and two passes of Reconcile on a busy machine, in milliseconds. */
const timeoutMs = 400_000;

describe('a database that was restored from an older copy', function () {
  this.timeout(timeoutMs);
  let running: ScenarioStack;

  after(async () => {
    await running.stack.stop();
  });

  async function publish(text: string): Promise<void> {
    assert.equal((await watchTask(running.client, await running.announce(text))).status, 'SUCCESS');
    assert.equal(await running.readRoot(), text);
  }

  /** Each pass of Reconcile writes its number to the bucket; two more than in the copy show that the copy is old. */
  async function makePasses(): Promise<void> {
    const connection = await Connection.connect({
      address: running.stack.variables()['TEMPORAL_ADDRESS'] ?? '',
    });
    const { workflow } = new Client({ connection });
    for (let pass = 1; pass <= 3; pass += 1)
      await workflow.execute(workflowTypes.reconcile, {
        workflowId: 'reconcile-now',
        taskQueue: taskQueues.keeper,
      });
    await connection.close();
  }

  async function doctor(...options: readonly string[]): Promise<string> {
    return (await cli(['doctor', '--sample', '0', ...options], { env: running.stack.variables() })).stdout;
  }

  it('heals by doctor --resync, so that readers get the whole build that the database has', async () => {
    const folder = await temporaryFolder('ltd-keeper-database-restored');
    const [data, copy] = [join(folder, 'postgres'), join(folder, 'copy')];
    running = await startScenarioStack(folder);
    await makeStackProduct(running);
    await publish('first');
    await running.stack.stop();
    // With its owner, as PostgreSQL requires.
    await promisify(execFile)('cp', ['-a', data, copy]);
    running = await startScenarioStack(folder);
    await publish('second');
    await makePasses();
    await running.stack.stop();
    await rename(data, join(folder, 'lost'));
    await rename(copy, data);
    running = await startScenarioStack(folder);
    assert.match(await doctor(), /restored from an older copy/);
    assert.doesNotMatch(await doctor('--resync'), /restored from an older copy/);
    await eventually(
      'the first build to be shown again',
      async () => (await running.readRoot()) === 'first',
      timeoutMs / 2,
    );
    const [edition] = await running.client.editions(product);
    assert.equal(edition?.published_build_url, edition?.build_url);
    // The second build is unknown, but its objects exist.
    const next = await running.client.registerBuild(product, { gitRefs: ['main'], directories: ['/'] });
    assert.equal(next.slug, '3');
  });
});
