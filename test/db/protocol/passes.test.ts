import assert from 'node:assert/strict';
import { failRestore } from '../../../src/db/protocol/settle.js';
import { noteNudge, overdueDashboards, overdueEditions } from '../../../src/db/protocol/passes.js';
import { openTask } from '../../../src/db/protocol/open-task.js';
import { recordDashboardAttempt } from '../../../src/db/protocol/dashboard.js';
import { renameEdition } from '../../../src/db/queries/insert-edition.js';
import { productRow, type ProtocolWorld, startProtocolWorld } from '../../support/protocol.js';

const all = { after: 0, limit: 1_000 };

describe('work that Reconcile finds', () => {
  let world: ProtocolWorld;

  beforeEach(async () => {
    world = await startProtocolWorld();
  });

  afterEach(async () => {
    await world.close();
  });

  const overdue = async (): Promise<number[]> =>
    (await overdueEditions(world.knex, all)).map(({ editionId }) => editionId);

  it('skips an edition at rest', async () => {
    await world.edition();
    await (await world.edition()).publish();
    assert.deepEqual(await overdue(), []);
  });

  it('finds a pending edition, with the input of its signal', async () => {
    const edition = await world.edition();
    const build = await edition.build({ slug: 'b7' });
    await edition.declare(build);
    const { slug } = await edition.row();
    const product = await productRow(world.knex, edition.productId);
    assert.deepEqual(await overdueEditions(world.knex, all), [
      {
        editionId: edition.id,
        generation: 1,
        productSlug: product.slug,
        editionSlug: slug,
        buildId: build,
        buildSlug: 'b7',
        planGeneration: null,
        nudgedGeneration: 0,
        onlyOwesPurge: false,
      },
    ]);
  });

  it('finds an edition that is dirty or vacates an earlier slug', async () => {
    const [dirty, renamed] = [await world.edition(), await world.edition()];
    await dirty.change({ dirty: true });
    await renamed.publish();
    const row = await renamed.row();
    await world.run((trx) => renameEdition(trx, row, 'elsewhere'));
    assert.deepEqual(await overdue(), [dirty.id, renamed.id]);
  });

  it('returns pages in the order of ids', async () => {
    const editions = [await world.edition(), await world.edition(), await world.edition()];
    for (const edition of editions) await edition.change({ dirty: true });
    const [first, second, third] = editions.map(({ id }) => id);
    const turn = async (after: number): Promise<number[]> =>
      (await overdueEditions(world.knex, { after, limit: 2 })).map(({ editionId }) => editionId);
    assert.deepEqual([await turn(0), await turn(second ?? 0)], [[first, second], [third]]);
  });

  it('names no build when none is declared, and names the plan that is under way', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    await edition.begin();
    await edition.declare(await edition.build());
    const empty = await world.edition();
    await empty.change({ dirty: true });
    const [first, second] = await overdueEditions(world.knex, all);
    assert.deepEqual([first?.generation, first?.planGeneration], [2, 1]);
    assert.equal(second?.buildSlug, null);
  });

  it('skips an edition that pauses after a failed restore, until the pause ends or it is requested', async () => {
    const edition = await world.edition();
    await edition.change({ dirty: true });
    const plan = await edition.begin();
    await world.run((trx) => failRestore(trx, plan));
    assert.deepEqual(await overdue(), []);
    await edition.change({ restore_after: new Date(0) });
    assert.deepEqual(await overdue(), [edition.id]);
    await edition.change({ restore_after: new Date('9999-01-01') });
    assert.deepEqual(await overdue(), []);
    await edition.declare(await edition.build());
    assert.deepEqual(await overdue(), [edition.id]);
  });

  it('records the generation that an open run was signalled about', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    await noteNudge(world.knex, edition.id, 1);
    const [found] = await overdueEditions(world.knex, all);
    assert.equal(found?.nudgedGeneration, 1);
  });

  it('finds a product whose dashboard is dirty', async () => {
    const productId = await world.product();
    await world.product();
    assert.deepEqual(await overdueDashboards(world.knex, all), []);
    await world.run((trx) => openTask(trx, { productId, rebuilds: [] }));
    const { slug } = await productRow(world.knex, productId);
    assert.deepEqual(await overdueDashboards(world.knex, all), [{ productId, generation: 1, productSlug: slug }]);
    const built = { productId, generation: 1 };
    await world.run((trx) => recordDashboardAttempt(trx, built, { result: 'failed', error: 'no' }));
    assert.equal((await overdueDashboards(world.knex, all)).length, 1);
    await world.run((trx) => recordDashboardAttempt(trx, built, { result: 'built' }));
    assert.deepEqual(await overdueDashboards(world.knex, all), []);
  });
});
