import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import {
  announce,
  atRest,
  contents,
  makeBuild,
  makeProduct,
  pages,
  readTaskOnce,
  taskEnd,
} from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

const prefix = 'pipelines/v/main/';

/** As many pages as the other version has, and as many images, named after their version as bundlers name them. */
function version(name: string): Record<string, string> {
  const images = Object.fromEntries(
    Array.from({ length: 10 }, (_, n) => [`images/${name}-${n}.svg`, `<svg>${name}</svg>`] as const),
  );
  return { ...pages(10, name), 'index.html': name, ...images };
}

describe('an object store whose disk is full', function () {
  this.timeout(120_000);
  let keeper: TestKeeper;

  before(async () => {
    keeper = await startTestKeeper();
    await makeProduct(keeper, 'pipelines');
    await startTestWorker(keeper);
  });

  after(async () => {
    await keeper.close();
  });

  it('keeps the published build for readers, reports the reason, and publishes once there is room', async () => {
    const old = await makeBuild(keeper, 'pipelines', version('old'));
    assert.equal((await taskEnd(keeper, await announce(keeper, old))).status, 'SUCCESS');
    const build = await makeBuild(keeper, 'pipelines', version('new'));
    // Like MinIO's answer; there is room for three more objects.
    const { faults, name: bucket } = keeper.bucket;
    const full = { kind: 'error', status: 507, code: 'XMinioStorageFull' } as const;
    const rules = ['CopyObject', 'PutObject'] as const;
    for (const operation of rules)
      faults.addRule({ id: `full ${operation}`, match: { bucket, operation }, action: full, after: 3 });
    const task = await announce(keeper, build);
    await eventually('the task to report the reason', async () => {
      const { status, metadata } = await readTaskOnce(keeper, task);
      const why = metadata.editions[0]?.last_error ?? '';
      return status === 'RETRY' && /XMinioStorageFull, HTTP 507\).*free some of its space/.test(why);
    });
    const shown = await contents(keeper, prefix);
    assert.deepEqual({ ...shown, ...version('old') }, shown);
    assert.equal(Object.keys(shown).length, Object.keys(version('old')).length + 3);
    for (const operation of rules) faults.removeRule(`full ${operation}`);
    assert.equal((await taskEnd(keeper, task)).status, 'SUCCESS');
    assert.equal((await atRest(keeper, 1)).published_build_url, build.url);
    assert.deepEqual(await contents(keeper, prefix), version('new'));
  });
});
