import assert from 'node:assert/strict';
import { createManifestStore } from '../../../src/db/manifests/manifest-store.js';
import {
  beginBuildDeletion,
  type DeletionRules,
  dueBuilds,
  finishBuildDeletion,
  markDeletions,
  unmarkDeletions,
} from '../../../src/db/protocol/build-deletion.js';
import { finishRebuild } from '../../../src/db/protocol/finish.js';
import { overdueEditions } from '../../../src/db/protocol/passes.js';
import { failRestore } from '../../../src/db/protocol/settle.js';
import { checkWriter, acquireWriter } from '../../../src/db/protocol/writer.js';
import { reviveEdition } from '../../../src/db/queries/editions.js';
import { noCounts } from '../../../src/domain/copy-counts.js';
import { uploadFormHours } from '../../../src/domain/upload-life.js';
import type { BuildDeletion } from '../../../src/workflows/contract.js';
import {
  copyWork,
  productRow,
  type ProtocolWorld,
  recordCopied,
  recordVerified,
  startProtocolWorld,
  type TestEdition,
} from '../../support/protocol.js';

const rules: DeletionRules = { deprecatedAfterDays: 7, abandonedUploads: true };
const longAgo = new Date(Date.now() - 8 * 86_400_000);
/** A build to which no client can upload any more. */
const old = { date_created: longAgo };
const abandoned = { ...old, uploaded: false, abandoned_at: longAgo };

describe("deletion of a build's objects", () => {
  let world: ProtocolWorld;
  let edition: TestEdition;

  beforeEach(async () => {
    world = await startProtocolWorld();
    edition = await world.edition();
  });

  afterEach(async () => {
    await world.close();
  });

  const due = async (by = rules): Promise<number[]> => (await dueBuilds(world.knex, by)).map(({ buildId }) => buildId);
  const begin = (buildId: number, by = rules): Promise<BuildDeletion | null> =>
    world.run((trx) => beginBuildDeletion(trx, buildId, by));
  const end = async (buildId: number): Promise<void> => {
    await world
      .knex('builds')
      .where({ id: buildId })
      .update({ ...old, date_ended: longAgo });
  };
  /** Whether the build is due, which the search for builds and the start of a deletion must agree on. */
  async function isDue(buildId: number, by = rules): Promise<boolean> {
    const found = (await due(by)).includes(buildId);
    assert.equal((await begin(buildId, by)) !== null, found);
    return found;
  }

  it('finds a build due once the days since its deprecation are over', async () => {
    const recent = await edition.build({ ...old, date_ended: new Date(Date.now() - 6 * 86_400_000) });
    const past = await edition.build({ ...old, date_ended: longAgo });
    assert.deepEqual(
      [await isDue(recent), await isDue(past), await isDue(await edition.build())],
      [false, true, false],
    );
    assert.equal(await isDue(recent, { ...rules, deprecatedAfterDays: 0 }), true);
  });

  it('finds an abandoned upload due only where the setting says so', async () => {
    const build = await edition.build(abandoned);
    assert.equal(await isDue(build, { deprecatedAfterDays: 0, abandonedUploads: false }), false);
    assert.equal(await isDue(build, { deprecatedAfterDays: null, abandonedUploads: true }), true);
  });

  it('keeps the objects of a build while its upload forms may still be used', async () => {
    const at = (hours: number): Date => new Date(Date.now() - hours * 3_600_000);
    const atOnce = { deprecatedAfterDays: 0, abandonedUploads: true };
    const ofAge = async (hours: number): Promise<boolean[]> => [
      await isDue(await edition.build({ date_created: at(hours), date_ended: at(1) }), atOnce),
      await isDue(await edition.build({ ...abandoned, date_created: at(hours), abandoned_at: at(1) }), atOnce),
    ];
    assert.deepEqual(await ofAge(uploadFormHours), [false, false]);
    assert.deepEqual(await ofAge(uploadFormHours + 2), [true, true]);
  });

  it('finds no build due when no setting is set', async () => {
    const off = { deprecatedAfterDays: null, abandonedUploads: false };
    assert.equal(await isDue(await edition.build({ ...old, date_ended: longAgo }), off), false);
    assert.equal(await isDue(await edition.build({ ...abandoned, date_ended: longAgo }), off), false);
  });

  it('keeps a build that an edition declares, also one whose rebuild failed', async () => {
    const build = await edition.build();
    await edition.declare(build);
    await edition.settle('failed');
    await end(build);
    assert.equal(await isDue(build), false);
  });

  it('keeps a build that an edition shows while it is being replaced', async () => {
    const build = await edition.publish();
    await edition.declare(await edition.build());
    await end(build);
    assert.equal(await isDue(build), false);
    await edition.carryOut(await edition.begin());
    assert.equal(await isDue(build), true);
  });

  it('keeps a build of which an edition may hold parts', async () => {
    await edition.publish();
    const build = await edition.build();
    await edition.declare(build);
    const plan = await edition.begin();
    await world.run((trx) => acquireWriter(trx, plan, copyWork));
    await edition.declare(await edition.build());
    await edition.settle('failed');
    await end(build);
    assert.deepEqual((await edition.row()).tried_builds, [build]);
    assert.equal(await isDue(build), false);
  });

  it('keeps the build of a plan that has not written yet, though a newer build is declared', async () => {
    const build = await edition.build();
    await edition.declare(build);
    await edition.begin();
    await edition.declare(await edition.build());
    await end(build);
    assert.equal(await isDue(build), false);
    await edition.settle('cancelled');
    assert.equal(await isDue(build), true);
  });

  it('finds a build due once the edition that showed it is deleted', async () => {
    const build = await edition.publish();
    await end(build);
    await edition.change({ date_ended: longAgo });
    assert.equal(await isDue(build), false);
    await world.run((trx) => markDeletions(trx, 7));
    assert.equal(await isDue(build), false);
    await edition.carryOut(await edition.begin());
    assert.equal(await isDue(build), true);
  });

  it('returns the prefix, may begin again, and ends once', async () => {
    const build = await edition.build({ ...old, slug: '1', date_ended: longAgo });
    const product = await productRow(world.knex, edition.productId);
    const expected = {
      buildId: build,
      bucket: product.bucket_name,
      productSlug: product.slug,
      buildSlug: '1',
    };
    const { surrogateKey, ...purge } = (await begin(build)) ?? assert.fail('not due');
    assert.deepEqual(purge, expected);
    assert.match(surrogateKey, /^key-of-build/);
    assert.ok((await begin(build)) !== null);
    await finishBuildDeletion(world.knex, build);
    assert.deepEqual([await isDue(build), await begin(build)], [false, null]);
  });

  it('deletes the manifest at the end of a deletion, and not before its start', async () => {
    const manifests = createManifestStore(world.knex);
    const build = await edition.build({ ...old, date_ended: longAgo });
    await (await manifests.begin(build)).finish({ complete: false });
    await finishBuildDeletion(world.knex, build);
    assert.ok((await manifests.findNewest(build)) !== null);
    await begin(build);
    await finishBuildDeletion(world.knex, build);
    assert.equal(await manifests.findNewest(build), null);
  });

  it('ends no deletion that did not begin, and begins none for an unknown build', async () => {
    const build = await edition.build({ ...old, date_ended: longAgo });
    await finishBuildDeletion(world.knex, build);
    assert.equal(await isDue(build), true);
    assert.equal(await begin(999_999), null);
  });

  it('finds other builds although earlier deletions have not ended', async () => {
    const stuck = await Promise.all(Array.from({ length: 25 }, () => edition.build({ ...old, date_ended: longAgo })));
    for (const build of stuck) await begin(build);
    const fresh = await edition.build({ ...old, date_ended: longAgo });
    assert.equal((await due())[0], fresh);
  });
});

const day = 86_400_000;
const daysAgo = (days: number): Date => new Date(Date.now() - days * day);

describe("deletion of a deprecated edition's objects", () => {
  let world: ProtocolWorld;

  beforeEach(async () => {
    world = await startProtocolWorld();
  });

  afterEach(async () => {
    await world.close();
  });

  const mark = (afterDays: number): Promise<readonly number[]> => world.run((trx) => markDeletions(trx, afterDays));
  const unmark = (afterDays: number | null): Promise<readonly number[]> =>
    world.run((trx) => unmarkDeletions(trx, afterDays));
  const revive = (edition: TestEdition): Promise<void> =>
    world.run((trx) => reviveEdition(trx, edition.id, 'https://keeper.test'));
  /** An edition that shows a build and was deprecated this long ago. */
  async function ended(days: number): Promise<TestEdition & { readonly shown: number }> {
    const edition = await world.edition();
    const shown = await edition.publish();
    await edition.change({ date_ended: daysAgo(days) });
    return { ...edition, shown };
  }

  it('marks an edition once the days are over, the longest deprecated first, and only once', async () => {
    await world.edition();
    const [young, old, older] = [await ended(6), await ended(8), await ended(9)];
    assert.deepEqual([...(await mark(7))].sort(), [old.id, older.id].sort());
    assert.deepEqual(await mark(7), []);
    assert.deepEqual(await mark(0), [young.id]);
  });

  it('makes the edition work for Reconcile, with a plan that has no target', async () => {
    const edition = await ended(8);
    assert.equal(await edition.look(), null);
    await mark(7);
    assert.deepEqual(
      (await overdueEditions(world.knex, { after: 0, limit: 10 })).map(({ editionId }) => editionId),
      [edition.id],
    );
    const plan = await edition.begin();
    assert.deepEqual([plan.target, plan.restore], [null, true]);
  });

  it('ends with an edition that shows and declares nothing, keeps its history, and is not deleted again', async () => {
    const edition = await ended(8);
    await mark(7);
    assert.equal(await edition.carryOut(await edition.begin()), true);
    const row = await edition.row();
    assert.deepEqual(
      [row.published_build_id, row.published_slug, row.build_id, row.deleting, row.dirty],
      [null, null, null, false, false],
    );
    assert.ok(row.objects_deleted_at !== null);
    assert.equal(row.tracked_build_id, edition.shown);
    assert.deepEqual(await edition.outcomes(), ['published']);
    assert.deepEqual(await mark(7), []);
    assert.equal(await edition.look(), null);
  });

  it('does not end by a plan from before the mark, which shows a build', async () => {
    const edition = await ended(8);
    await edition.change({ dirty: true });
    const restore = await edition.begin();
    await mark(7);
    assert.equal(await edition.carryOut(restore), true);
    const row = await edition.row();
    assert.deepEqual([row.published_build_id, row.deleting, row.objects_deleted_at], [edition.shown, true, null]);
    assert.equal((await edition.begin()).target, null);
  });

  it('stops when the edition is revived, whose build is then restored', async () => {
    const edition = await ended(8);
    await mark(7);
    const purge = await edition.begin();
    await recordCopied(world, purge);
    const { writerId } = await world.run((trx) => acquireWriter(trx, purge, { kind: 'removal' }));
    await revive(edition);
    assert.equal(await checkWriter(world.knex, purge, writerId), false);
    const restore = await edition.begin();
    assert.equal(restore.target?.id, edition.shown);
    assert.equal(await edition.carryOut(restore), true);
    const row = await edition.row();
    assert.deepEqual([row.published_build_id, row.deleting, row.objects_deleted_at], [edition.shown, false, null]);
  });

  it('does not count when the edition is revived between verification and end', async () => {
    const edition = await ended(8);
    await mark(7);
    const purge = await edition.begin();
    await recordCopied(world, purge);
    await recordVerified(world, purge);
    await revive(edition);
    const report = { counts: noCounts, warning: null };
    assert.equal(await world.run((trx) => finishRebuild(trx, purge, report)), false);
    assert.equal((await edition.row()).published_build_id, edition.shown);
  });

  it('lets an edition that is revived afterwards show the next build', async () => {
    const edition = await ended(8);
    await mark(7);
    await edition.carryOut(await edition.begin());
    await revive(edition);
    assert.equal(await edition.look(), null);
    const next = await edition.publish();
    const row = await edition.row();
    assert.deepEqual([row.published_build_id, row.objects_deleted_at, row.date_ended], [next, null, null]);
  });

  for (const [what, afterDays] of [
    ['is no longer set', null],
    ['leaves more time', 30],
  ] as const)
    it(`cancels the deletion and restores the build when the setting ${what}`, async () => {
      const edition = await ended(8);
      await mark(7);
      assert.deepEqual(await unmark(7), []);
      const purge = await edition.begin();
      assert.deepEqual(await unmark(afterDays), [edition.id]);
      await assert.rejects(edition.carryOut(purge), { code: 'plan_void' });
      assert.equal((await edition.begin()).target?.id, edition.shown);
    });

  it('pauses after a failure as a restore does, and is marked without that pause', async () => {
    const edition = await ended(8);
    await edition.change({ restore_failures: 4, restore_after: new Date('9999-01-01') });
    await mark(7);
    assert.equal((await overdueEditions(world.knex, { after: 0, limit: 10 })).length, 1);
    const plan = await edition.begin();
    await world.run((trx) => failRestore(trx, plan));
    assert.deepEqual(await overdueEditions(world.knex, { after: 0, limit: 10 }), []);
    assert.equal((await edition.row()).deleting, true);
  });

  it('marks no edition that is in use', async () => {
    const edition = await world.edition();
    await assert.rejects(edition.change({ deleting: true }), { constraint: 'editions_deleting_check' });
  });
});
