import assert from 'node:assert/strict';
import { readBacklog } from '../../../src/db/queries/backlog.js';
import { type ProtocolWorld, startProtocolWorld } from '../../support/protocol.js';

describe('readBacklog', () => {
  let world: ProtocolWorld;

  before(async () => {
    world = await startProtocolWorld();
  });

  after(async () => {
    await world.close();
  });

  it('counts open work with the age of its oldest item, and forgets finished work', async () => {
    assert.deepEqual(await readBacklog(world.knex), {
      rebuilds: 0,
      oldestRebuildSeconds: 0,
      tasks: 0,
      oldestTaskSeconds: 0,
      dashboards: 0,
      events: 0,
      oldestEventSeconds: 0,
      purges: 0,
      oldestPurgeSeconds: 0,
    });
    const edition = await world.edition();
    await edition.declare(await edition.build());
    await edition.declare(await edition.build());
    const before = "now() - interval '1 hour'";
    await world
      .knex('rebuilds')
      .where({ generation: 1 })
      .update({ requested_at: world.knex.raw(before) });
    const pending = await readBacklog(world.knex);
    assert.deepEqual([pending.rebuilds, pending.tasks, pending.dashboards], [2, 2, 1]);
    assert.ok(pending.oldestRebuildSeconds >= 3_600);

    await edition.change({ purge_due: 1, purge_since: new Date(0) });
    await world.knex('products').update({ purge_due: 1, purge_since: new Date() });
    const owed = await readBacklog(world.knex);
    assert.deepEqual([owed.purges, owed.oldestPurgeSeconds > 3_600], [2, true]);

    await edition.carryOut(await edition.begin(), { events: { baseUrl: null } });
    const published = await readBacklog(world.knex);
    assert.deepEqual([published.rebuilds, published.oldestRebuildSeconds, published.events], [0, 0, 1]);
  });
});
