import assert from 'node:assert/strict';
import { EditionEventRow } from '../../../src/db/models/edition-event.js';
import { declareRebuild } from '../../../src/db/protocol/declare.js';
import { lockProduct } from '../../../src/db/protocol/lock.js';
import { renameEdition } from '../../../src/db/queries/insert-edition.js';
import { formatDate } from '../../../src/domain/dates.js';
import { productRow, type ProtocolWorld, startProtocolWorld, type TestEdition } from '../../support/protocol.js';

const listening = { events: { baseUrl: null } };

describe('the outbox of events', () => {
  let world: ProtocolWorld;
  let edition: TestEdition;

  before(async () => {
    world = await startProtocolWorld();
  });

  beforeEach(async () => {
    edition = await world.edition();
  });

  after(async () => {
    await world.close();
  });

  const outbox = async (): Promise<EditionEventRow[]> =>
    EditionEventRow.query(world.knex).where({ edition_id: edition.id }).orderBy('id');
  const publish = async (build?: number): Promise<number> => {
    const published = build ?? (await edition.build());
    await edition.declare(published);
    assert.equal(await edition.carryOut(await edition.begin(), listening), true);
    return published;
  };
  const rename = async (slug: string, buildId: number): Promise<void> => {
    const row = await edition.row();
    await world.run(async (trx) => {
      await lockProduct(trx, edition.productId);
      await renameEdition(trx, row, slug);
      const what = { editionId: edition.id, buildId, requestedBy: 'somebody', trackedBuildId: null };
      await declareRebuild(trx, { ...what, onlyMoves: true });
    });
  };

  it('stores the event in the transaction of its publication', async () => {
    const build = await publish();
    const row = await edition.row();
    const product = await productRow(world.knex, edition.productId);
    const domain = `https://${product.slug}.lsst.io`;
    const [event] = await outbox();
    assert.deepEqual([event?.generation, event?.outcome], [1, null]);
    assert.deepEqual(event?.payload, {
      event_type: 'edition.updated',
      event_timestamp: formatDate(row.date_rebuilt),
      edition: {
        url: `https://keeper.test/editions/${edition.id}`,
        published_url: `${domain}/v/${row.slug}`,
        title: 'An edition',
        slug: row.slug,
        build_url: `https://keeper.test/builds/${build}`,
      },
      product: {
        url: `https://keeper.test/products/${product.slug}`,
        published_url: domain,
        title: 'A product',
        slug: product.slug,
      },
    });
  });

  it('uses the configured address of the API', async () => {
    await edition.declare(await edition.build());
    await edition.carryOut(await edition.begin(), { events: { baseUrl: 'https://keeper.example.org' } });
    const [event] = await outbox();
    assert.equal(event?.payload.edition.url, `https://keeper.example.org/editions/${edition.id}`);
  });

  it('stores no event when no receiver is configured', async () => {
    await edition.publish();
    assert.deepEqual(await outbox(), []);
  });

  it('stores no event when nothing is published', async () => {
    await edition.declare(await edition.build());
    const plan = await edition.begin();
    await edition.settle('cancelled');
    assert.equal(await edition.carryOut(await edition.begin(), listening), true);
    assert.equal(plan.restore, false);
    assert.deepEqual(await outbox(), []);
  });

  it('keeps an event unchanged after later changes', async () => {
    await publish();
    await edition.change({ title: 'Another title' });
    const [event] = await outbox();
    assert.equal(event?.payload.edition.title, 'An edition');
  });

  it('stores an event for a repeated rebuild, and none for a restore', async () => {
    await publish(await publish());
    await edition.change({ dirty: true });
    await edition.carryOut(await edition.begin(), listening);
    assert.deepEqual(
      (await outbox()).map(({ generation }) => generation),
      [1, 2],
    );
  });

  it('stores no event for an edition that only moved', async () => {
    const build = await publish();
    await rename('moved', build);
    await edition.carryOut(await edition.begin(), listening);
    assert.equal((await edition.row()).published_slug, 'moved');
    assert.equal((await outbox()).length, 1);
  });

  it('stores an event with the new slug for a rebuild that was pending when the edition moved', async () => {
    const build = await publish();
    await edition.declare(build);
    await rename('moved-later', build);
    await edition.carryOut(await edition.begin(), listening);
    const [, event] = await outbox();
    assert.deepEqual([event?.generation, event?.payload.edition.slug], [3, 'moved-later']);
  });

  it('stores an event for a move that publishes another build, which had failed before', async () => {
    await publish();
    const build = await edition.build();
    await edition.declare(build);
    await edition.settle('failed');
    await rename('moved-on', build);
    await edition.carryOut(await edition.begin(), listening);
    const [, event] = await outbox();
    assert.equal(event?.payload.edition.build_url, `https://keeper.test/builds/${build}`);
  });
});
