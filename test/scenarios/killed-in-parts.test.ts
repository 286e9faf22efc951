import assert from 'node:assert/strict';
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { startLateStore } from '../support/late-store.js';
import { announce, atRest, contents, makeBuild, makeProduct, taskEnd } from '../support/scenario.js';
import { startWorkerProcess } from '../support/worker-process.js';

/** Larger objects are copied in parts; this is the smallest threshold. */
const settings = { LTD_MULTIPART_COPY_THRESHOLD: String(5 * 1024 ** 2) };

/** Two parts. */
const manual = 'x'.repeat(6 * 1024 ** 2);

/** Long enough for the server to give the killed attempt up, in milliseconds. */
const timeoutMs = 180_000;

describe('a worker killed with -9 during a multipart copy', function () {
  this.timeout(timeoutMs);
  let keeper: TestKeeper;

  before(async () => {
    keeper = await startTestKeeper();
    await makeProduct(keeper, 'pipelines');
  });
  after(async () => {
    await keeper.close();
  });

  const uploads = async (): Promise<readonly (string | undefined)[]> => {
    const { client, name: Bucket } = keeper.bucket;
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
    return Uploads.map(({ Key }) => Key);
  };

  it('publishes the whole build with the next worker and leaves no upload behind', async () => {
    const site = { 'index.html': 'home', 'manual.pdf': manual };
    const build = await makeBuild(keeper, 'pipelines', site);
    const { faults, name: bucket } = keeper.bucket;
    const { id } = faults.addRule({
      match: { bucket, operation: 'UploadPartCopy' },
      action: { kind: 'hang' },
    });
    const first = await startWorkerProcess(keeper, settings);
    const task = await announce(keeper, build);
    await eventually('the copy in parts to begin', async () => (await uploads()).length > 0, timeoutMs);
    await first.kill();
    faults.removeRule(id);
    assert.deepEqual(await uploads(), ['pipelines/v/main/manual.pdf']);
    const next = await startWorkerProcess(keeper, settings);
    assert.equal((await taskEnd(keeper, task, timeoutMs)).status, 'SUCCESS');
    await next.stop();
    assert.deepEqual(await uploads(), []);
    assert.equal((await atRest(keeper, 1)).published_build_url, build.url);
    const { 'manual.pdf': copied, ...rest } = await contents(keeper, 'pipelines/v/main/');
    assert.equal(copied, manual);
    assert.deepEqual(rest, { 'index.html': 'home' });
  });

  it('changes nothing when the store completes the upload after a newer build was published', async () => {
    const late = await startLateStore(
      keeper.bucket.endpoint,
      ({ method, path }) => method === 'POST' && path.includes('uploadId='),
    );
    keeper.cleanUp.push(() => late.close());
    await makeProduct(keeper, 'late');
    const older = await makeBuild(keeper, 'late', { 'manual.pdf': manual });
    const worker = await startWorkerProcess(keeper, { ...settings, AWS_ENDPOINT_URL_S3: late.url });
    await announce(keeper, older);
    await eventually('the upload to be completed', () => Promise.resolve(late.held() > 0), timeoutMs);
    await worker.kill();
    const newer = { 'manual.pdf': 'short' };
    const task = await announce(keeper, await makeBuild(keeper, 'late', newer));
    await startWorkerProcess(keeper, settings);
    assert.equal((await taskEnd(keeper, task, timeoutMs)).status, 'SUCCESS');
    assert.deepEqual(await late.deliver(), [404]);
    assert.deepEqual(await contents(keeper, 'late/v/main/'), newer);
  });
});
