import assert from 'node:assert/strict';
import { Edition } from '../../src/db/models/edition.js';
import { Rebuild } from '../../src/db/models/rebuild.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { createTestProduct, settle, type TestProduct, vacate } from '../support/builds.js';

const rounds = 20;

describe('concurrent changes of one edition', function () {
  this.timeout(300_000);
  let api: TestApi;
  let product: TestProduct;
  let builds: readonly number[];

  before(async () => {
    api = await startTestApi();
    product = await createTestProduct(api);
    builds = [await product.upload('other'), await product.upload('other')];
  });
  after(() => api.close());

  const row = async (id: number): Promise<Edition> => Edition.query(api.knex).findById(id).throwIfNotFound();

  /** Ends the rebuilds of an edition, as a worker would. */
  async function atRest(id: number): Promise<void> {
    await settle(api.knex, id);
    await vacate(api.knex, id);
  }

  it('applies every accepted change, so that no rename and no build is lost over many rounds', async () => {
    const id = await product.edition({ slug: 'round-0', tracked_refs: ['none'] });
    let refused = 0;
    for (let round = 1; round <= rounds; round += 1) {
      const before = await row(id);
      const build = builds[round % builds.length] ?? 0;
      const build_url = `${api.baseUrl}/builds/${build}`;
      const changes = [{ slug: `round-${round}` }, { build_url }, { title: `Round ${round}` }];
      const answers = await Promise.all(changes.map((change) => product.admin.patch(`/editions/${id}`, change)));
      const [renamed, steered, titled] = answers.map(({ status }) => status);
      assert.deepEqual([renamed, titled], [200, 200]);
      // After a rename that came first, a rebuild is pending when a build has to be moved.
      assert.ok(steered === 200 || (steered === 409 && before.build_id !== null), String(steered));
      refused += steered === 409 ? 1 : 0;
      const after = await row(id);
      assert.deepEqual(
        [after.slug, after.title, after.build_id],
        [`round-${round}`, `Round ${round}`, steered === 200 ? build : before.build_id],
      );
      await everyGenerationIsWritten(id);
      await atRest(id);
    }
    assert.ok(refused < rounds, 'a build was never accepted');
  });

  it('declares the newest of the builds that are completed meanwhile, in any order', async () => {
    const id = await product.edition({ slug: 'followed', tracked_refs: ['followed'] });
    for (let round = 1; round <= rounds / 2; round += 1) {
      const registered = [await product.register('followed'), await product.register('followed')];
      const requests = registered.map((build) => product.admin.patch(`/builds/${build}`, { uploaded: true }));
      const rename = product.admin.patch(`/editions/${id}`, { slug: `followed-${round}` });
      const answers = await Promise.all([...requests, rename]);
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200, 200],
      );
      const { build_id: build, slug } = await row(id);
      assert.deepEqual([build, slug], [registered.at(-1), `followed-${round}`]);
      await everyGenerationIsWritten(id);
      await atRest(id);
    }
  });

  it('leaves a deprecated edition with nothing pending, whatever else was requested', async () => {
    for (let round = 1; round <= rounds / 2; round += 1) {
      const id = await product.edition({ slug: `ending-${round}`, tracked_refs: [`ending-${round}`] });
      const build = await product.register(`ending-${round}`);
      await Promise.all([
        product.admin.patch(`/builds/${build}`, { uploaded: true }).expect(200),
        product.admin.delete(`/editions/${id}`).expect(200),
        product.admin.patch(`/editions/${id}`, { title: 'The end' }).expect(200),
      ]);
      const { pending_rebuild: pending, date_ended: ended, title } = await row(id);
      assert.deepEqual([pending, ended !== null, title], [false, true, 'The end']);
    }
  });

  it('causes no deadlock in the database', async () => {
    const { rows } = await api.knex.raw<{ rows: { deadlocks: string }[] }>(
      'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    );
    assert.equal(rows[0]?.deadlocks, '0');
  });

  /** Each accepted change that a worker has to carry out is one generation and one row of the history. */
  async function everyGenerationIsWritten(id: number): Promise<void> {
    const { generation } = await row(id);
    const history = await Rebuild.query(api.knex).where('edition_id', id).orderBy('generation');
    assert.deepEqual(
      history.map((rebuild) => rebuild.generation),
      Array.from({ length: generation }, (_, index) => index + 1),
    );
  }
});
