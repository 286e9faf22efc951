import assert from 'node:assert/strict';
import { declareRebuild } from '../../../src/db/protocol/declare.js';
import { type ProtocolWorld, startProtocolWorld } from '../../support/protocol.js';

describe('declareRebuild', () => {
  let world: ProtocolWorld;

  before(async () => {
    world = await startProtocolWorld();
  });

  after(async () => {
    await world.close();
  });

  it('adds a pending generation and writes it into the history', async () => {
    const edition = await world.edition();
    const build = await edition.build();
    const declared = await edition.declare(build);
    const row = await edition.row();
    assert.deepEqual([row.build_id, row.generation, row.settled_generation, row.pending_rebuild], [build, 1, 0, true]);
    const [rebuild] = await edition.rebuilds();
    assert.ok(rebuild !== undefined);
    assert.equal(rebuild.id, declared.rebuildId);
    assert.deepEqual(
      [rebuild.generation, rebuild.build_id, rebuild.slug, rebuild.requested_by, rebuild.outcome],
      [1, build, row.slug, 'somebody', null],
    );
  });

  it('does not change the published build', async () => {
    const edition = await world.edition();
    const published = await edition.publish();
    await edition.declare(await edition.build());
    const row = await edition.row();
    assert.deepEqual([row.published_build_id, row.dirty], [published, false]);
  });

  it('keeps an unfinished older rebuild open until the newer one ends', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    await edition.declare(await edition.build());
    assert.deepEqual(await edition.outcomes(), [null, null]);
  });

  it('moves the high-water mark of tracking, which a manual declaration does not', async () => {
    const edition = await world.edition();
    const [older, newer] = [await edition.build(), await edition.build()];
    await edition.declare(newer, newer);
    await edition.declare(older, null);
    const row = await edition.row();
    assert.deepEqual([row.build_id, row.tracked_build_id], [older, newer]);
  });

  it('counts each of many concurrent declarations', async () => {
    const edition = await world.edition();
    const build = await edition.build();
    const declared = await Promise.all(Array.from({ length: 10 }, () => edition.declare(build)));
    const generations = declared.map(({ generation }) => generation).sort((a, b) => a - b);
    assert.deepEqual(generations, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert.equal((await edition.row()).generation, 10);
  });

  it('fails for an edition that does not exist', async () => {
    const declaration = { editionId: 999_999, buildId: 1, requestedBy: 'somebody', trackedBuildId: null };
    await assert.rejects(
      world.run((trx) => declareRebuild(trx, declaration)),
      { code: 'not_found' },
    );
  });
});
