import assert from 'node:assert/strict';
import { markDeletions, unmarkDeletions } from '../../../src/db/protocol/edition-deletions.js';
import { finishRebuild } from '../../../src/db/protocol/finish.js';
import { overdueEditions } from '../../../src/db/protocol/overdue.js';
import { failRestore } from '../../../src/db/protocol/settle-plan.js';
import { checkWriter, claimWriter } from '../../../src/db/protocol/writer.js';
import { reviveEdition } from '../../../src/db/queries/editions.js';
import { noCounts } from '../../../src/domain/copy-counts.js';
import {
  type ProtocolWorld,
  recordCopied,
  recordVerified,
  startProtocolWorld,
  type TestEdition,
} from '../../support/protocol.js';

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

  const mark = (afterDays: number): Promise<readonly number[]> =>
    world.run((trx) => markDeletions(trx, afterDays));
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
    assert.deepEqual(
      [row.published_build_id, row.deleting, row.objects_deleted_at],
      [edition.shown, true, null],
    );
    assert.equal((await edition.begin()).target, null);
  });

  it('stops when the edition is revived, whose build is then restored', async () => {
    const edition = await ended(8);
    await mark(7);
    const purge = await edition.begin();
    await recordCopied(world, purge);
    const { writerId } = await world.run((trx) => claimWriter(trx, purge, { kind: 'removal' }));
    await revive(edition);
    assert.equal(await checkWriter(world.knex, purge, writerId), false);
    const restore = await edition.begin();
    assert.equal(restore.target?.id, edition.shown);
    assert.equal(await edition.carryOut(restore), true);
    const row = await edition.row();
    assert.deepEqual(
      [row.published_build_id, row.deleting, row.objects_deleted_at],
      [edition.shown, false, null],
    );
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
