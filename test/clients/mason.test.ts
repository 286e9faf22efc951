import assert from 'node:assert/strict';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { ltdConveyor } from '../../dev/ltd-conveyor.js';
import { type TestKeeper, startTestKeeper } from '../support/keeper.js';
import { oddSite, writeOddSite } from '../support/odd-site.js';
import { bucketEnvironment, keeperEnvironment, runClient } from '../support/python.js';
import { atRest, makeProduct, taskEnd } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

const product = 'pipelines';

type Json = Readonly<Record<string, unknown>>;

describe('ltd-mason 0.2, by requests and boto3', () => {
  let keeper: TestKeeper;
  let printed: { readonly build: Json; readonly confirmed: Json };

  before(async function () {
    this.timeout(300_000); // The first run fetches its packages.
    const { packages } = await ltdConveyor('0.4.2'); // It uploads with the same libraries.
    keeper = await startTestKeeper();
    await startTestWorker(keeper);
    await makeProduct(keeper, product);
    const env = { ...keeperEnvironment(keeper), ...bucketEnvironment(keeper) };
    const args = [product, 'main', await writeOddSite()];
    printed = (await runClient('mason', { packages, args, env })) as typeof printed;
  });

  after(() => keeper.close());

  it('registers a build under its own slug, uploads it and completes it, in these requests', () => {
    const { slug, github_requester: requester, git_refs: refs } = printed.build;
    assert.deepEqual([slug, requester, refs], ['b7', 'octocat', ['main']]);
    const requests = keeper.answers.map(({ method, path, status }) => `${method} ${path} ${status}`);
    for (const request of ['POST /products/pipelines/builds/ 201', 'PATCH /builds/1 200'])
      assert.ok(requests.includes(request), request);
  });

  it('gets its build published after the upload', async () => {
    const queueUrl = String(printed.confirmed['queue_url']);
    assert.equal((await taskEnd(keeper, new URL(queueUrl).pathname)).status, 'SUCCESS');
    assert.equal((await atRest(keeper, 1)).published_build_url, printed.build['self_url']);
    for (const [path, content] of Object.entries(oddSite))
      assert.equal(await keeper.bucket.read(`${product}/v/main/${path}`), content);
  });

  it('gets its folder redirects copied, so that readers see the newest build', async () => {
    const object = { Bucket: keeper.bucket.name, Key: `${product}/v/main/a/b` };
    const { Metadata, CacheControl } = await keeper.bucket.client.send(new HeadObjectCommand(object));
    assert.equal(Metadata?.['dir-redirect'], 'true');
    assert.equal(CacheControl, 'no-cache');
  });
});
