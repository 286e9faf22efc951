import assert from 'node:assert/strict';
import { abandonUpload } from '../../../src/db/protocol/abandon-upload.js';
import { beginBuildDeletion } from '../../../src/db/protocol/build-deletion.js';
import { transaction } from '../../../src/db/transaction.js';
import { bodyOf, startTestApi, type TestApi } from '../../support/api.js';
import { createTestProduct, headersOf, idOf, settle, type TestProduct } from '../../support/builds.js';
import { ageBuilds } from '../../support/scenario.js';

/** Both results. The first two rounds run in sequence, so that each side wins once; the others run concurrently. */
async function contend<A, B>(round: number, one: () => Promise<A>, other: () => Promise<B>): Promise<readonly [A, B]> {
  if (round === 1) {
    const second = await other();
    return [await one(), second];
  }
  return round === 0 ? [await one(), await other()] : Promise.all([one(), other()]);
}

describe('two requests for the same build', () => {
  let api: TestApi;
  let product: TestProduct;

  before(async () => {
    api = await startTestApi();
    product = await createTestProduct(api);
  });

  after(() => api.close());

  /** By a user whose builds create no editions, so that none declares it. */
  async function register(): Promise<number> {
    const uploader = await api.as('upload');
    const path = `/products/${product.slug}/builds/`;
    const created = await uploader.post(path, { git_refs: ['other'] }).expect(201);
    return idOf(headersOf(created)['location']);
  }

  it('lets either a rollback or a deletion win, and tells the losing rollback why', async () => {
    const winners = new Set<string>();
    const current = await product.upload('main');
    await settle(api.knex, product.main);
    for (let round = 0; round < 30; round += 1) {
      const build = await register();
      await ageBuilds(api);
      await product.admin.patch(`/builds/${build}`, { uploaded: true }).expect(200);
      const [answer, purge] = await contend(
        round,
        async () => product.admin.patch(`/editions/${product.main}`, { build_url: `/builds/${build}` }),
        async () => {
          await product.admin.delete(`/builds/${build}`).expect(200);
          const rules = { deprecatedAfterDays: 0, abandonedUploads: false };
          return transaction(api.knex, (trx) => beginBuildDeletion(trx, build, rules));
        },
      );
      const { status } = answer;
      assert.equal(status === 200, purge === null, `round ${round}: exactly one wins`);
      if (status !== 200)
        assert.deepEqual(
          [status, bodyOf(answer)['message']],
          [400, `Build was deprecated: ${api.baseUrl}/builds/${build}`],
        );
      winners.add(status === 200 ? 'rollback' : 'purge');
      await settle(api.knex, product.main, 'reset');
      await product.admin.patch(`/editions/${product.main}`, { build_url: `/builds/${current}` }).expect(200);
      await settle(api.knex, product.main);
    }
    assert.deepEqual([...winners].sort(), ['purge', 'rollback']);
  });

  it('lets either the end of an upload or its abandonment win, and tells the losing client why', async () => {
    const winners = new Set<string>();
    for (let round = 0; round < 30; round += 1) {
      const build = await register();
      const [{ status }, abandoned] = await contend(
        round,
        async () => product.admin.patch(`/builds/${build}`, { uploaded: true }),
        () => transaction(api.knex, (trx) => abandonUpload(trx, build)),
      );
      assert.equal(status, abandoned ? 400 : 200, `round ${round}`);
      winners.add(abandoned ? 'mark' : 'client');
    }
    assert.deepEqual([...winners].sort(), ['client', 'mark']);
  });
});
