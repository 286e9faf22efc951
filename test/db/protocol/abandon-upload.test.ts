import assert from 'node:assert/strict';
import { abandonUpload, lookAgainAt, takeUploads } from '../../../src/db/protocol/abandon-upload.js';
import { type ProtocolWorld, startProtocolWorld, type TestEdition } from '../../support/protocol.js';

const hour = 3_600_000;
const hoursAgo = (hours: number): Date => new Date(Date.now() - hours * hour);

describe('uploads that may be dead', () => {
  let world: ProtocolWorld;
  let edition: TestEdition;

  beforeEach(async () => {
    world = await startProtocolWorld();
    edition = await world.edition();
  });

  afterEach(async () => {
    await world.close();
  });

  const take = async (): Promise<number[]> =>
    (await takeUploads(world.knex, 24)).map(({ buildId }) => buildId).sort((a, b) => a - b);
  const open = (hours: number, changes = {}): Promise<number> =>
    edition.build({ uploaded: false, date_created: hoursAgo(hours), ...changes });
  const abandon = (id: number): Promise<boolean> => world.run((trx) => abandonUpload(trx, id));

  it('are looked at once the hours are over, and not again for a while', async () => {
    await open(23);
    const due = await open(25);
    assert.deepEqual(await take(), [due]);
    assert.deepEqual(await take(), []);
  });

  it('are told with where their objects are, and when they were taken', async () => {
    const registered = hoursAgo(30);
    const buildId = await open(30, { slug: '12', date_created: registered });
    const [upload] = await takeUploads(world.knex, 24);
    assert.ok(upload);
    const { now, ...told } = upload;
    const product = await world.knex('products').where({ id: edition.productId }).first<{ slug: string }>();
    assert.ok(now > registered);
    assert.deepEqual(told, {
      buildId,
      registered,
      bucket: 'lsst-the-docs',
      productSlug: product.slug,
      buildSlug: '12',
    });
  });

  it('are looked at when an earlier look said', async () => {
    const build = await open(100);
    await lookAgainAt(world.knex, build, new Date(Date.now() + hour));
    assert.deepEqual(await take(), []);
    await lookAgainAt(world.knex, build, hoursAgo(1));
    assert.deepEqual(await take(), [build]);
  });

  it('are neither builds that are uploaded nor those that are deprecated or abandoned', async () => {
    await open(25, { uploaded: true });
    await open(25, { date_ended: new Date() });
    await open(25, { abandoned_at: new Date() });
    assert.deepEqual(await take(), []);
  });

  it('are taken a few at a time, and by one pass only', async () => {
    for (let n = 0; n < 12; n += 1) await open(25 + n);
    const passes = await Promise.all([take(), take()]);
    assert.equal(new Set(passes.flat()).size, 12);
    assert.equal(passes.flat().length, 12);
  });

  it('are abandoned once, and only while nobody has said that they are done', async () => {
    const build = await open(25);
    assert.deepEqual([await abandon(build), await abandon(build)], [true, false]);
    assert.equal(await abandon(await open(25, { uploaded: true })), false);
    assert.equal(await abandon(await open(25, { date_ended: new Date() })), false);
    assert.equal(await abandon(999_999), false);
  });

  it('cannot be both abandoned and uploaded', async () => {
    await assert.rejects(
      open(25, { uploaded: true, abandoned_at: new Date() }).then(() => undefined),
      {
        constraint: 'builds_abandoned_at_check',
      },
    );
  });
});
