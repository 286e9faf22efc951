import assert from 'node:assert/strict';
import {
  findWantedDomain,
  markDomainFailed,
  markDomainRegistered,
  wantedDomains,
} from '../../../src/db/queries/domain-records.js';
import { productRow, type ProtocolWorld, startProtocolWorld } from '../../support/protocol.js';

describe('the queries of domain records', () => {
  let world: ProtocolWorld;
  let wanted: number;
  let other: number;

  before(async () => {
    world = await startProtocolWorld();
  });

  beforeEach(async () => {
    await world.knex('products').update({ domain_record: null });
    other = await world.product();
    wanted = await world.product();
    await world.knex('products').where({ id: wanted }).update({ domain_record: 'wanted' });
  });

  after(async () => {
    await world.close();
  });

  const ids = async (): Promise<number[]> =>
    (await wantedDomains(world.knex, { after: 0, limit: 10 })).map(({ productId }) => productId);
  /** Seconds until the next attempt. */
  const pause = async (): Promise<number> => {
    const { rows } = await world.knex.raw<{ rows: { seconds: number }[] }>(
      'SELECT round(extract(epoch FROM domain_record_after - now()) / 30)::integer * 30 AS seconds ' +
        'FROM products WHERE id = ?',
      [wanted],
    );
    return rows[0]?.seconds ?? 0;
  };

  it('finds the products whose domain is not registered yet', async () => {
    assert.deepEqual(await ids(), [wanted]);
    assert.equal((await findWantedDomain(world.knex, wanted))?.id, wanted);
    await markDomainRegistered(world.knex, wanted);
    assert.deepEqual(await ids(), []);
    for (const id of [wanted, other]) assert.equal(await findWantedDomain(world.knex, id), null);
  });

  it('stores the reason of a failure, and pauses longer after each, at most an hour', async () => {
    const pauses: number[] = [];
    for (let failures = 0; failures < 9; failures += 1) {
      await markDomainFailed(world.knex, wanted, `no such zone (${failures})`);
      pauses.push(await pause());
    }
    assert.deepEqual(pauses, [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
    assert.equal((await productRow(world.knex, wanted)).domain_record_error, 'no such zone (8)');
    assert.deepEqual(await ids(), []);
    await world.knex('products').update({ domain_record_after: new Date(0) });
    assert.deepEqual(await ids(), [wanted]);
  });

  it('clears failures after the registration, and records none for a registered domain', async () => {
    await markDomainFailed(world.knex, wanted, 'no such zone');
    await markDomainRegistered(world.knex, wanted);
    await markDomainFailed(world.knex, wanted, 'too late');
    const row = await productRow(world.knex, wanted);
    assert.deepEqual(
      [row.domain_record, row.domain_record_error, row.domain_record_failures, row.domain_record_after],
      ['registered', null, 0, null],
    );
  });
});
