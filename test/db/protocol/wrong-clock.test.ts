import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { uploadsPart } from '../../../src/activities/reconcile/abandon-uploads.js';
import { EditionEventRow } from '../../../src/db/models/edition-event.js';
import { finishEvent } from '../../../src/db/queries/edition-events.js';
import { type ProtocolWorld, startProtocolWorld } from '../../support/protocol.js';
import { startTestStore, type TestStore } from '../../support/test-store.js';

const hour = 3_600_000;

describe('a worker whose clock is wrong', () => {
  let world: ProtocolWorld;
  let store: TestStore;

  before(async () => {
    world = await startProtocolWorld();
    store = await startTestStore();
  });

  after(async () => {
    await store.close();
    await world.close();
  });

  afterEach(() => {
    mock.timers.reset();
  });

  const databaseTime = async (): Promise<Date> => {
    const { rows } = await world.knex.raw<{ rows: { now: Date }[] }>('SELECT clock_timestamp() AS now');
    return rows[0]?.now ?? assert.fail();
  };

  for (const [wrong, offset] of Object.entries({ ahead: hour, behind: -hour }))
    it(`stores PostgreSQL's times of a publication when the worker's clock is an hour ${wrong}`, async () => {
      const edition = await world.edition();
      await edition.declare(await edition.build());
      const before = await databaseTime();
      mock.timers.enable({ apis: ['Date'], now: Date.now() + offset });
      await edition.carryOut(await edition.begin(), { events: { baseUrl: 'https://keeper.test' } });
      const [told] = await EditionEventRow.query(world.knex).where({ edition_id: edition.id });
      assert.ok(told);
      await finishEvent(world.knex, told.id, { outcome: 'delivered' });
      mock.timers.reset();
      const [rebuild] = await edition.rebuilds();
      const event = await EditionEventRow.query(world.knex).findById(told.id);
      const stored = {
        started: rebuild?.started_at,
        finished: rebuild?.finished_at,
        rebuilt: (await edition.row()).date_rebuilt,
        told: event?.finished_at,
        published: new Date(told.payload.event_timestamp),
      };
      const after = await databaseTime();
      for (const [name, time] of Object.entries(stored))
        assert.ok(time && time.getTime() >= before.getTime() - 1_000 && time <= after, `${name}: ${String(time)}`);
    });

  it("abandons no upload that is recent by PostgreSQL's clock", async () => {
    const edition = await world.edition();
    const build = await edition.build({ uploaded: false, upload_look_at: new Date(0) });
    await world.knex('products').where({ id: edition.productId }).update({ bucket_name: store.bucket });
    const { find, work } = uploadsPart({
      ...world,
      store: store.store,
      logger: { warn: () => undefined, info: () => undefined },
      deletion: { deprecatedAfterDays: null, abandonedUploadHours: 1, abandonedUploads: false },
    });
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 2 * hour });
    const [upload] = await find({ after: 0, limit: 10 });
    assert.ok(upload);
    await work(upload, new AbortController().signal);
    mock.timers.reset();
    const row = await world.knex('builds').where({ id: build }).first<{ abandoned_at: Date; upload_look_at: Date }>();
    assert.equal(row.abandoned_at, null);
    assert.ok(row.upload_look_at > new Date(), 'the upload was checked');
  });
});
