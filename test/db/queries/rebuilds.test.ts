import assert from 'node:assert/strict';
import { endedWith } from '../../../src/db/queries/rebuilds.js';
import { type ProtocolWorld, startProtocolWorld, type TestEdition } from '../../support/protocol.js';

describe('endedWith', () => {
  let world: ProtocolWorld;

  before(async () => {
    world = await startProtocolWorld();
  });

  after(async () => {
    await world.close();
  });

  const outcomes = async (edition: TestEdition, generation?: number): Promise<string[]> =>
    (await endedWith(world.knex, edition.id, generation)).map(({ outcome }) => outcome).sort();

  it('returns a generation and those that it superseded, and no others', async () => {
    const edition = await world.edition();
    await edition.publish();
    await edition.declare(await edition.build());
    await edition.declare(await edition.build());
    await edition.settle('failed');
    assert.deepEqual(await outcomes(edition, 1), ['published']);
    assert.deepEqual(await outcomes(edition, 3), ['failed', 'superseded']);
    assert.deepEqual(await outcomes(edition), ['failed', 'superseded']);
  });

  it('returns nothing for a generation that has not ended', async () => {
    const edition = await world.edition();
    assert.deepEqual(await outcomes(edition), []);
    await edition.declare(await edition.build());
    assert.deepEqual(await outcomes(edition, 1), []);
  });

  it('returns how long each rebuild took from its request', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    await world
      .knex('rebuilds')
      .where({ edition_id: edition.id })
      .update({ requested_at: world.knex.raw("now() - interval '1 hour'") });
    await edition.settle('cancelled');
    const [ended] = await endedWith(world.knex, edition.id);
    assert.ok((ended?.seconds ?? 0) >= 3_600);
  });
});
