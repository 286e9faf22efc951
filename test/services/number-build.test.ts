import assert from 'node:assert/strict';
import type { FaultRuleInput } from '../../dev/object-store/fault-rule.js';
import { buildPrefix } from '../../src/domain/object-keys.js';
import { createBuildFolders } from '../../src/integrations/object-store/build-folders.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { makeProduct } from '../support/scenario.js';

type Action = FaultRuleInput['action'];

describe('numbering a build', () => {
  let keeper: TestKeeper;
  let products = 0;
  let product: string;

  before(async () => {
    keeper = await startTestKeeper();
  });
  beforeEach(async () => {
    products += 1;
    product = `product-${products}`;
    await makeProduct(keeper, product);
  });
  after(() => keeper.close());

  const register = async (body: object = {}): Promise<{ status: number; body: Record<string, unknown> }> => {
    const answer = await keeper.request('POST', `/products/${product}/builds/`, {
      git_refs: ['main'],
      ...body,
    });
    return { ...answer, body: answer.body as Record<string, unknown> };
  };
  const slugOf = async (): Promise<unknown> => (await register()).body['slug'];
  /** Registers a build while every listing of the bucket fails in this way. */
  const registerUnder = async (action: Action, body: object = {}): ReturnType<typeof register> => {
    const { faults, name: bucket } = keeper.bucket;
    const { id } = faults.addRule({ match: { bucket, operation: 'ListObjectsV2' }, action });
    try {
      return await register(body);
    } finally {
      faults.removeRule(id);
    }
  };

  it('skips numbers whose folder holds objects, as after the database was restored', async () => {
    for (const key of ['1/index.html', '2/deep/down.html', '4/a', '30/b', '5'])
      await keeper.bucket.put(`${product}/builds/${key}`, 'lost');
    assert.deepEqual([await slugOf(), await slugOf(), await slugOf()], ['3', '5', '6']);
  });

  it('gives a different number to each of 12 builds that are registered at once', async () => {
    for (const number of [2, 3, 7]) await keeper.bucket.put(`${product}/builds/${number}/x`, 'lost');
    const slugs = await Promise.all(Array.from({ length: 12 }, slugOf));
    assert.deepEqual(
      slugs.map(Number).toSorted((one, other) => one - other),
      [1, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15],
    );
  });

  it('lists a folder once, however many requests ask at once', async () => {
    const { faults, name: bucket, client } = keeper.bucket;
    const folders = createBuildFolders(client);
    const since = faults.log().at(-1)?.sequence ?? 0;
    const folder = { bucket, prefix: buildPrefix(product, '1') };
    const answers = await Promise.all(Array.from({ length: 12 }, () => folders.isOccupied(folder)));
    assert.deepEqual(new Set(answers), new Set([false]));
    assert.equal(faults.log(since).filter((entry) => entry.bucket === bucket).length, 1);
  });

  it('gives the number 1 when the bucket does not exist yet', async () => {
    product = 'early';
    await makeProduct(keeper, product, 'no-such-bucket');
    assert.equal(await slugOf(), '1');
  });

  it('registers nothing while the store does not answer', async () => {
    const refused = await registerUnder({ kind: 'error', status: 500, code: 'InternalError' });
    assert.equal(refused.status, 503);
    assert.match(String(refused.body['message']), /^The object store could not list "product-\d+\/builds\/1\/"/);
    assert.deepEqual((await keeper.request('GET', `/products/${product}/builds/`)).body, { builds: [] });
    assert.equal(await slugOf(), '1');
  });

  it('gives a number without a check when the service may not list', async () => {
    const { body } = await registerUnder({ kind: 'error', status: 403, code: 'AccessDenied' });
    assert.equal(body['slug'], '1');
  });

  it('registers a build with a slug although the store does not answer', async () => {
    const { status, body } = await registerUnder({ kind: 'hang' }, { slug: 'v1.0' });
    assert.deepEqual([status, body['slug']], [201, 'v1.0']);
  });
});
