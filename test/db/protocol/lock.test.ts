import assert from 'node:assert/strict';
import { lockEdition, lockProduct, lockProductAndEdition } from '../../../src/db/protocol/lock.js';
import { type ProtocolWorld, startProtocolWorld } from '../../support/protocol.js';

describe('the row locks of the protocol', () => {
  let world: ProtocolWorld;

  before(async () => {
    world = await startProtocolWorld();
  });

  after(async () => {
    await world.close();
  });

  it('locks the product before the edition', async () => {
    const edition = await world.edition();
    const asked: string[] = [];
    await world.knex.transaction(async (trx) => {
      trx.on('query', ({ sql }: { sql: string }) => asked.push(sql));
      const locked = await lockProductAndEdition(trx, edition.id);
      assert.deepEqual([locked.product.id, locked.edition.id], [edition.productId, edition.id]);
    });
    const locks = asked.filter((sql) => sql.includes('for no key update'));
    assert.deepEqual(
      locks.map((sql) => /from "(\w+)"/.exec(sql)?.[1]),
      ['products', 'editions'],
    );
  });

  it('lets other transactions add rows that refer to the locked one', async () => {
    const edition = await world.edition();
    await world.run(async (trx) => {
      await lockProductAndEdition(trx, edition.id);
      await edition.build();
    });
  });

  it('makes a second transaction wait for the first', async () => {
    const edition = await world.edition();
    const order: string[] = [];
    let second: Promise<void> | undefined;
    await world.run(async (trx) => {
      await lockEdition(trx, edition.id);
      second = world.run(async (other) => {
        await lockEdition(other, edition.id);
        order.push('second');
      });
      await trx.raw('SELECT pg_sleep(0.1)');
      order.push('first');
    });
    await second;
    assert.deepEqual(order, ['first', 'second']);
  });

  it('names the row that does not exist', async () => {
    await assert.rejects(
      world.run((trx) => lockProduct(trx, 999_999)),
      { code: 'not_found', message: 'There is no product 999999.' },
    );
    for (const lock of [lockEdition, lockProductAndEdition])
      await assert.rejects(
        world.run<unknown>((trx) => lock(trx, 999_999)),
        { code: 'not_found', message: 'There is no edition 999999.' },
      );
  });
});
