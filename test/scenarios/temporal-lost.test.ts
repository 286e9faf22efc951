import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createKeeperClient, type KeeperClient } from '../../dev/client/keeper-client.js';
import { readPage } from '../../dev/client/read-page.js';
import { stackAccess } from '../../dev/client/stack-access.js';
import { uploadSite } from '../../dev/client/upload-site.js';
import { watchTask } from '../../dev/client/watch-task.js';
import { signalProcess } from '../../dev/process-group.js';
import { type Stack, startStack } from '../../dev/stack/start-stack.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { workflowBundle } from '../../dev/workflow-bundle.js';
import { eventually } from '../support/eventually.js';

const product = 'handbook';

describe('a Temporal server that comes back with nothing, in the middle of a publication', function () {
  this.timeout(400_000);
  let folder: string;
  let stack: Stack;
  let client: KeeperClient;

  before(async () => {
    await workflowBundle();
    folder = await temporaryFolder('ltd-keeper-temporal-lost');
    // Slow, so that the copy is under way for a while.
    stack = await startStack({ folder, ports: 'auto', s3Latency: 300 }, () => undefined);
    const { keeper, bucket } = stackAccess(stack.variables());
    client = createKeeperClient(keeper);
    await client.createProduct({
      slug: product,
      title: product,
      doc_repo: 'https://example.org/repo.git',
      root_domain: 'localhost',
      root_fastly_domain: 'localhost',
      bucket_name: bucket,
    });
  });

  after(async () => {
    await stack.stop();
  });

  async function announce(text: string): Promise<string> {
    const build = await client.registerBuild(product, { gitRefs: ['main'], directories: ['/'] });
    const files = Array.from({ length: 20 }, (_, index) => ({
      path: index === 0 ? 'index.html' : `page-${index}.html`,
      contentType: 'text/html',
      content: text,
    }));
    await uploadSite(build, files);
    return client.announceBuild(build);
  }

  it('is found out by the worker: the schedule is made again, and what was accepted is published', async () => {
    assert.equal((await watchTask(client, await announce('first'))).status, 'SUCCESS');
    const task = await announce('second');
    await eventually('the publication to begin', async () => (await client.task(task)).status === 'STARTED');
    await rm(join(folder, 'temporal.db'));
    signalProcess(stack.processes().get('temporal') ?? NaN, 'SIGKILL');
    assert.equal((await watchTask(client, task)).status, 'SUCCESS');
    const { edgeUrl } = stackAccess(stack.variables());
    assert.equal((await readPage({ edgeUrl, product })).text, 'second');
    const [edition] = await client.editions(product);
    assert.deepEqual([edition?.pending_rebuild, edition?.published_build_url], [false, edition?.build_url]);
  });
});
