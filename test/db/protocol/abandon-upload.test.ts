import assert from 'node:assert/strict';
import { abandonUpload, lookAgainAt, takeUploads } from '../../../src/db/protocol/abandon-upload.js';
import { type ProtocolWorld, startProtocolWorld, type TestEdition } from '../../support/protocol.js';

const hour = 3_600_000;
const hoursAgo = (hours: number): Date => new Date(Date.now() - hours * hour);

describe('suspected dead uploads', () => {
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

  it('finds an upload once the hours are over, and not again for a while', async () => {
    await open(23);
    const due = await open(25);
    assert.deepEqual(await take(), [due]);
    assert.deepEqual(await take(), []);
  });

  it('returns the prefix of an upload and the time of its registration', async () => {
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

  it('finds an upload at the time that an earlier check named', async () => {
    const build = await open(100);
    await lookAgainAt(world.knex, build, new Date(Date.now() + hour));
    assert.deepEqual(await take(), []);
    await lookAgainAt(world.knex, build, hoursAgo(1));
    assert.deepEqual(await take(), [build]);
  });

  it('finds no build that is uploaded, deprecated or abandoned', async () => {
    await open(25, { uploaded: true });
    await open(25, { date_ended: new Date() });
    await open(25, { abandoned_at: new Date() });
    assert.deepEqual(await take(), []);
  });

  it('returns a few uploads at a time, each to one pass only', async () => {
    for (let n = 0; n < 12; n += 1) await open(25 + n);
    const passes = await Promise.all([take(), take()]);
    assert.equal(new Set(passes.flat()).size, 12);
    assert.equal(passes.flat().length, 12);
  });

  it('abandons an upload once, and only while it is not completed', async () => {
    const build = await open(25);
    assert.deepEqual([await abandon(build), await abandon(build)], [true, false]);
    assert.equal(await abandon(await open(25, { uploaded: true })), false);
    assert.equal(await abandon(await open(25, { date_ended: new Date() })), false);
    assert.equal(await abandon(999_999), false);
  });

  it('rejects a row that is both abandoned and uploaded', async () => {
    await assert.rejects(
      open(25, { uploaded: true, abandoned_at: new Date() }).then(() => undefined),
      {
        constraint: 'builds_abandoned_at_check',
      },
    );
  });
});
