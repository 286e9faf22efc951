import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { adoptMark, givenMarks, nextMark } from '../../../src/db/protocol/buckets.js';
import { type ProtocolWorld, startProtocolWorld } from '../../support/protocol.js';

describe('nextMark', () => {
  let world: ProtocolWorld;
  const bucket = 'lsst-the-docs';

  beforeEach(async () => {
    world = await startProtocolWorld();
  });

  afterEach(async () => {
    await world.close();
  });

  const next = (found: string | null): Promise<string | null> => world.run((trx) => nextMark(trx, bucket, found));

  it('returns new marks while none is found in the bucket', async () => {
    for (let passes = 0; passes < 5; passes += 1) assert.notEqual(await next(null), null);
    const { tokens, seen } = await givenMarks(world.knex, bucket);
    assert.deepEqual([tokens.length, seen], [3, false]);
  });

  it('returns no mark after the found one disappeared, until an operator adopts the bucket', async () => {
    const first = await next(null);
    assert.notEqual(await next(first), null);
    const given = await givenMarks(world.knex, bucket);
    assert.deepEqual([await next(null), await next(null)], [null, null]);
    assert.deepEqual(await givenMarks(world.knex, bucket), given);
    await world.run((trx) => adoptMark(trx, bucket, null));
    assert.notEqual(await next(null), null);
  });

  it('returns no mark while an unknown one is found, until an operator adopts it', async () => {
    await next(await next(null));
    const strange = randomUUID();
    assert.equal(await next(strange), null);
    await world.run((trx) => adoptMark(trx, bucket, strange));
    const mark = await next(strange);
    assert.notEqual(mark, null);
    assert.notEqual(await next(mark), null);
  });

  it('keeps marks that are still being written, also when the bucket is adopted meanwhile', async () => {
    const first = await next(null);
    const late = await next(first);
    await world.run((trx) => adoptMark(trx, bucket, first));
    assert.notEqual(await next(late), null);
  });
});
