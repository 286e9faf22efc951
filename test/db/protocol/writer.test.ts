import assert from 'node:assert/strict';
import { finishRebuild } from '../../../src/db/protocol/finish.js';
import { noCounts } from '../../../src/domain/copy-counts.js';
import { vacatingSlugs } from '../../../src/db/protocol/begin.js';
import { checkWriter, acquireWriter, noteEmptyPrefix, releaseWriter } from '../../../src/db/protocol/writer.js';
import { renameEdition } from '../../../src/db/queries/insert-edition.js';
import type { RebuildPlan } from '../../../src/workflows/contract.js';
import {
  copyWork,
  type ProtocolWorld,
  recordCopied,
  recordVerified,
  startProtocolWorld,
  type TestEdition,
} from '../../support/protocol.js';

describe('the writer lease', () => {
  let world: ProtocolWorld;
  let edition: TestEdition;
  let build: number;
  let plan: RebuildPlan;

  before(async () => {
    world = await startProtocolWorld();
  });

  beforeEach(async () => {
    edition = await world.edition();
    build = await edition.build();
    await edition.declare(build);
    plan = await edition.begin();
  });

  after(async () => {
    await world.close();
  });

  const claim = (of = plan, kind: 'copy' | 'removal' = 'copy') =>
    world.run((trx) => acquireWriter(trx, of, kind === 'copy' ? copyWork : { kind }));
  const check = (writerId: string, of = plan) => checkWriter(world.knex, of, writerId);
  const release = (departure: Parameters<typeof releaseWriter>[2], of = plan) =>
    world.run((trx) => releaseWriter(trx, of, departure));

  describe('known contents of the prefix', () => {
    const { policy } = copyWork;
    const known = async () => (await claim()).known;

    it('trusts no contents of the prefix at first', async () => {
      assert.equal(await known(), null);
    });

    it('names the published build and those tried since, all under the policy of the lease', async () => {
      await edition.carryOut(plan);
      const next = await edition.build();
      await edition.declare(next);
      plan = await edition.begin();
      assert.deepEqual(await known(), { published: build, tried: [] });
      assert.deepEqual(await known(), { published: build, tried: [next] });
    });

    it('trusts nothing once another policy was used, until that is published', async () => {
      await edition.carryOut(plan);
      await edition.declare(await edition.build());
      plan = await edition.begin();
      const newer = { kind: 'copy', policy: 'newer' } as const;
      const claimNewer = () => world.run((trx) => acquireWriter(trx, plan, newer));
      assert.equal((await claimNewer()).known, null);
      assert.equal(await known(), null);
      const { writerId } = await claimNewer();
      await release({ writerId, record: 'copied', policy: newer.policy });
      assert.equal((await edition.row()).headers_policy, null);
      await recordVerified(world, plan);
      assert.equal(await world.run((trx) => finishRebuild(trx, plan, { counts: noCounts, warning: null })), true);
      assert.equal((await edition.row()).headers_policy, newer.policy);
    });

    it('trusts the contents again once the writer found an empty prefix', async () => {
      const { writerId } = await claim();
      await noteEmptyPrefix(world.knex, plan, { writerId, policy });
      assert.deepEqual(await known(), { published: null, tried: [build] });
      await edition.change({ headers_policy: null });
      await noteEmptyPrefix(world.knex, plan, { writerId, policy });
      assert.equal((await edition.row()).headers_policy, null, 'another writer has the lease');
    });

    it('trusts nothing after the build changed, or after two writers overlapped', async () => {
      await edition.change({ headers_policy: policy });
      await release({ writerId: (await claim()).writerId, headersLost: true });
      assert.equal((await edition.row()).headers_policy, null);
      await edition.change({ headers_policy: policy });
      const { writerId } = await claim();
      await claim();
      assert.equal(await release({ writerId }), 'lost');
      assert.equal((await edition.row()).headers_policy, null);
    });
  });

  describe('acquireWriter', () => {
    it('creates a token and records that the build may be written from now on', async () => {
      const { writerId, predecessorSeenAgo } = await claim();
      const row = await edition.row();
      assert.equal(predecessorSeenAgo, null);
      assert.equal(row.writer_id, writerId);
      assert.ok(row.writer_seen_at instanceof Date);
      assert.deepEqual(row.tried_builds, [build]);
    });

    it('records each build once, in whichever plan it is tried', async () => {
      await claim();
      const other = await edition.build();
      await edition.declare(other);
      await claim(await edition.begin());
      await edition.declare(build);
      await claim(await edition.begin());
      assert.deepEqual((await edition.row()).tried_builds, [build, other]);
    });

    it('reports whether it is the first possible writer since the last publication', async () => {
      const { isFirst, writerId } = await claim();
      assert.equal(isFirst, true);
      assert.equal((await claim()).isFirst, false, 'the other writer is still there');
      await release({ writerId });
      await edition.carryOut(await edition.begin());
      await edition.declare(await edition.build());
      plan = await edition.begin();
      const next = await claim();
      assert.equal(next.isFirst, true, 'everything was published meanwhile');
      await release({ writerId: next.writerId });
      assert.equal((await claim()).isFirst, false, 'one writer released its lease without an end');
    });

    it('records no build for a plan that only deletes', async () => {
      await claim({ ...plan, target: null });
      assert.deepEqual((await edition.row()).tried_builds, []);
    });

    it('returns how long ago an unreleased predecessor was seen', async () => {
      await claim();
      await world
        .knex('editions')
        .where({ id: edition.id })
        .update({
          writer_seen_at: world.knex.raw("clock_timestamp() - interval '7 seconds'"),
        });
      const { predecessorSeenAgo } = await claim();
      assert.ok(predecessorSeenAgo !== null);
      assert.ok(predecessorSeenAgo >= 7_000 && predecessorSeenAgo < 67_000, String(predecessorSeenAgo));
    });

    it('returns no predecessor to wait for after a release', async () => {
      await recordCopied(world, plan);
      assert.equal((await claim()).predecessorSeenAgo, null);
    });

    it('refuses a plan that another one has replaced', async () => {
      await edition.begin();
      await assert.rejects(claim(), { code: 'plan_void' });
      assert.equal((await edition.row()).writer_id, null);
    });

    it('refuses a plan whose generation was settled', async () => {
      await edition.settle('cancelled');
      await assert.rejects(claim(), { code: 'plan_void' });
    });

    it('clears the record of a plan with every copy', async () => {
      await recordCopied(world, plan);
      await claim();
      assert.equal((await edition.row()).phase, null);
    });

    it('refuses a removal before a copy is recorded', async () => {
      await assert.rejects(claim(plan, 'removal'), { code: 'verification_failed' });
    });

    it('accepts a removal after a recorded copy, and keeps the record', async () => {
      await recordCopied(world, plan);
      await claim(plan, 'removal');
      assert.equal((await edition.row()).phase, 'copied');
    });

    it('gives the lease to one of two concurrent writers, and tells the second about the first', async () => {
      const claims = await Promise.all([claim(), claim()]);
      assert.deepEqual(claims.map(({ predecessorSeenAgo }) => predecessorSeenAgo === null).sort(), [false, true]);
      const checks = await Promise.all(claims.map(({ writerId }) => check(writerId)));
      assert.deepEqual(checks.sort(), [false, true]);
    });
  });

  describe('checkWriter', () => {
    it("updates the row's time while both tokens match", async () => {
      const { writerId } = await claim();
      const before = (await edition.row()).writer_seen_at?.getTime() ?? 0;
      assert.equal(await check(writerId), true);
      assert.ok(((await edition.row()).writer_seen_at?.getTime() ?? 0) >= before);
      await edition.change({ writer_seen_at: new Date(0) });
      assert.equal(await check(writerId), true);
      assert.ok(((await edition.row()).writer_seen_at?.getTime() ?? 0) >= before);
    });

    it('succeeds during a restore, whose generation is settled already', async () => {
      await edition.settle('failed');
      const restore = await edition.begin();
      const { writerId } = await claim(restore);
      assert.equal(await check(writerId, restore), true);
    });

    it('succeeds while a newer generation is only declared', async () => {
      const { writerId } = await claim();
      await edition.declare(await edition.build());
      assert.equal(await check(writerId), true);
    });

    const ends: Readonly<Record<string, () => Promise<unknown>>> = {
      'another attempt acquired the lease': () => claim(),
      'another plan has begun': () => edition.begin(),
      'its generation was settled': () => edition.settle('reset'),
    };
    for (const [end, happens] of Object.entries(ends))
      it(`fails and updates nothing once ${end}`, async () => {
        const { writerId } = await claim();
        await happens();
        const before = await edition.row();
        assert.equal(await check(writerId), false);
        assert.deepEqual(await edition.row(), before);
      });
  });

  describe('releaseWriter', () => {
    it('releases the lease and records the work', async () => {
      const { writerId } = await claim();
      assert.equal(await release({ writerId, record: 'copied' }), 'recorded');
      const row = await edition.row();
      assert.deepEqual([row.writer_id, row.phase, row.plan_id], [null, 'copied', plan.planId]);
    });

    it('accepts a copy that verified everything, so that the plan can be finished under its policy', async () => {
      const { writerId } = await claim();
      const { policy } = copyWork;
      assert.equal(await release({ writerId, record: 'verified', policy }), 'recorded');
      assert.ok(await world.run((trx) => finishRebuild(trx, plan, { counts: noCounts, warning: null })));
      const row = await edition.row();
      assert.deepEqual([row.published_build_id, row.headers_policy], [plan.target?.id, policy]);
    });

    it('records nothing when a failed attempt releases its lease', async () => {
      const { writerId } = await claim();
      assert.equal(await release({ writerId }), 'recorded');
      const row = await edition.row();
      assert.deepEqual([row.writer_id, row.phase], [null, null]);
    });

    it('releases the lease without a record when the plan has ended, and says so', async () => {
      const { writerId } = await claim();
      const next = await edition.begin();
      assert.equal(await release({ writerId, record: 'verified', vacated: ['x'] }), 'released');
      const row = await edition.row();
      assert.deepEqual([row.writer_id, row.phase, row.plan_id], [null, null, next.planId]);
    });

    it('marks the edition dirty and voids the plan when another writer took the lease', async () => {
      const { writerId } = await claim();
      const other = await edition.build();
      await edition.declare(other);
      const next = await edition.begin();
      const successor = await claim(next);
      await recordVerifiedBy(next, successor.writerId);
      await world
        .knex('editions')
        .where({ id: edition.id })
        .update({ tried_builds: [other], dirty: false });
      const third = await claim(next, 'removal');
      assert.equal(await release({ writerId, record: 'copied' }), 'lost');
      const row = await edition.row();
      assert.deepEqual([row.dirty, row.plan_id, row.plan_generation, row.phase], [true, null, null, null]);
      assert.deepEqual(row.tried_builds, [other, build]);
      assert.equal(row.writer_id, third.writerId, 'the successor keeps its lease');
    });

    it('marks the edition dirty when its successor has already published', async () => {
      const { writerId } = await claim();
      await edition.carryOut(plan);
      assert.equal(await edition.look(), null);
      assert.equal(await release({ writerId }), 'lost');
      const again = await edition.begin();
      assert.deepEqual([again.restore, again.target?.id], [true, build]);
      assert.deepEqual(await edition.outcomes(), ['published']);
    });

    it('adds no tried build when a writer that lost the lease only deleted', async () => {
      const removing = { ...plan, target: null };
      const { writerId } = await claim(removing);
      await claim(removing);
      assert.equal(await release({ writerId }, removing), 'lost');
      assert.deepEqual((await edition.row()).tried_builds, []);
    });

    async function recordVerifiedBy(of: RebuildPlan, writerId: string): Promise<void> {
      await release({ writerId, record: 'copied' }, of);
      await recordVerified(world, of);
    }
  });

  describe('slugs that an edition vacates', () => {
    let old: string;

    beforeEach(async () => {
      const row = await edition.row();
      old = row.slug;
      await world.run((trx) => renameEdition(trx, row, `${old}-new`));
      plan = await edition.begin();
    });

    const held = async (): Promise<string[]> => {
      const rows = await world.knex('held_slugs').where({ edition_id: edition.id }).orderBy('slug');
      return rows.map((row: { slug: string }) => row.slug);
    };

    it('frees a slug once it is recorded as emptied', async () => {
      const { writerId } = await claim();
      await release({ writerId, record: 'verified', vacated: [old] });
      assert.deepEqual(await held(), [`${old}-new`]);
    });

    it('keeps a slug when nothing is recorded', async () => {
      const { writerId } = await claim();
      await release({ writerId, vacated: [old] });
      assert.deepEqual(await held(), [old, `${old}-new`]);
    });

    it('keeps a slug that was not among those emptied', async () => {
      const { writerId } = await claim();
      await release({ writerId, record: 'verified', vacated: [] });
      assert.deepEqual(await vacatingSlugs(world.knex, edition.id), [old]);
    });

    it('keeps a slug that was declared again meanwhile', async () => {
      const { writerId } = await claim();
      const row = await edition.row();
      await world.run((trx) => renameEdition(trx, row, old));
      await release({ writerId, record: 'verified', vacated: [old] });
      assert.deepEqual(await held(), [old, `${old}-new`]);
      assert.deepEqual(await vacatingSlugs(world.knex, edition.id), [`${old}-new`]);
    });
  });
});
