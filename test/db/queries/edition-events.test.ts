import assert from 'node:assert/strict';
import { EditionEventRow } from '../../../src/db/models/edition-event.js';
import { editionsWithEvents, finishEvent, nextEvent, pruneEvents } from '../../../src/db/queries/edition-events.js';
import { type ProtocolWorld, startProtocolWorld, type TestEdition } from '../../support/protocol.js';

describe('the queries of events', () => {
  let world: ProtocolWorld;
  let edition: TestEdition;

  before(async () => {
    world = await startProtocolWorld();
  });

  beforeEach(async () => {
    await EditionEventRow.query(world.knex).delete();
    edition = await world.edition();
  });

  after(async () => {
    await world.close();
  });

  const publish = async (of: TestEdition): Promise<void> => {
    await of.declare(await of.build());
    await of.carryOut(await of.begin(), { events: { baseUrl: null } });
  };
  const next = async (): Promise<string> =>
    (await nextEvent(world.knex, edition.id))?.id ?? assert.fail('there is nothing to deliver');
  const row = async (id: string): Promise<EditionEventRow> =>
    EditionEventRow.query(world.knex).findById(id).throwIfNotFound();

  it('returns the events of an edition in the order of publications, each until its delivery ends', async () => {
    await publish(edition);
    await publish(edition);
    await publish(await world.edition());
    const first = await next();
    assert.equal((await row(first)).generation, 1);
    await finishEvent(world.knex, first, { outcome: 'delivered' });
    const second = await next();
    assert.equal((await row(second)).generation, 2);
    await finishEvent(world.knex, second, { outcome: 'rejected', error: 'HTTP 400' });
    assert.equal(await nextEvent(world.knex, edition.id), null);
  });

  it('keeps the order of the keys of an event', async () => {
    await publish(edition);
    const event = await nextEvent(world.knex, edition.id);
    assert.deepEqual(Object.keys(event?.payload ?? {}), ['event_type', 'event_timestamp', 'edition', 'product']);
  });

  it('stores the outcome of a delivery once, with its time and reason', async () => {
    await publish(edition);
    const id = await next();
    assert.equal(await finishEvent(world.knex, id, { outcome: 'rejected', error: 'HTTP 400' }), true);
    assert.equal(await finishEvent(world.knex, id, { outcome: 'delivered' }), false);
    const { outcome, error, finished_at: at } = await row(id);
    assert.deepEqual([outcome, error], ['rejected', 'HTTP 400']);
    assert.ok(at instanceof Date);
  });

  it('finds each edition with undelivered events once', async () => {
    const other = await world.edition();
    await publish(edition);
    await publish(edition);
    await publish(other);
    const ids = async (editionId?: number): Promise<number[]> =>
      (await editionsWithEvents(world.knex, editionId === undefined ? { after: 0, limit: 10 } : { editionId })).map(
        ({ editionId }) => editionId,
      );
    assert.deepEqual(await ids(), [edition.id, other.id]);
    assert.deepEqual(await ids(other.id), [other.id]);
    await finishEvent(world.knex, await next(), { outcome: 'delivered' });
    await finishEvent(world.knex, await next(), { outcome: 'delivered' });
    assert.deepEqual(await ids(), [other.id]);
    assert.deepEqual(await ids(edition.id), []);
  });

  it('deletes events that were delivered more than 30 days ago, and no others', async () => {
    for (let count = 0; count < 3; count += 1) await publish(edition);
    const old = await next();
    await finishEvent(world.knex, old, { outcome: 'delivered' });
    const kept = await next();
    await finishEvent(world.knex, kept, { outcome: 'delivered' });
    const ago = (days: number) => world.knex.raw('now() - make_interval(days => ?)', [days]);
    await world
      .knex('edition_events')
      .where({ id: old })
      .update({ finished_at: ago(31) });
    await world
      .knex('edition_events')
      .where({ id: kept })
      .update({ finished_at: ago(29) });
    await world.knex('edition_events').update({ created_at: ago(90) });
    assert.equal(await pruneEvents(world.knex), 1);
    const left = await EditionEventRow.query(world.knex).orderBy('id');
    assert.deepEqual(
      left.map(({ generation, outcome }) => [generation, outcome]),
      [
        [2, 'delivered'],
        [3, null],
      ],
    );
  });
});
