import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import {
  type LeaseDeps,
  type Work,
  type WriterLease,
  withWriterLease,
} from '../../../src/activities/rebuild/writer-lease.js';
import { createKnex } from '../../../src/db/knex.js';
import { lockEdition } from '../../../src/db/protocol/lock.js';
import { claimWriter, releaseWriter } from '../../../src/db/protocol/writer.js';
import type { RebuildPlan } from '../../../src/workflows/contract.js';
import { eventually } from '../../support/eventually.js';
import {
  copyWork,
  type ProtocolWorld,
  recordCopied,
  startProtocolWorld,
  type TestEdition,
} from '../../support/protocol.js';

/** As short as a busy machine allows, in the proportions of the real ones. */
const timing = { lease: 1_500, checkInterval: 100, maxWrite: 500 };

describe("the writer's lease", () => {
  let world: ProtocolWorld;
  let edition: TestEdition;
  let plan: RebuildPlan;
  let warnings: string[];
  let woken: number;
  let outside: AbortController;

  before(async () => {
    world = await startProtocolWorld();
  });

  beforeEach(async () => {
    edition = await world.edition();
    await edition.declare(await edition.build());
    plan = await edition.begin();
    warnings = [];
    woken = 0;
    outside = new AbortController();
  });

  after(async () => {
    await world.close();
  });

  const withLease = <T>(
    work: (lease: WriterLease) => Promise<Work<T>>,
    changes: Partial<LeaseDeps> = {},
  ): Promise<T> => {
    const deps: LeaseDeps = {
      knex: world.knex,
      logger: { warn: (_fields, message) => warnings.push(message), info: () => undefined },
      wake: () => {
        woken += 1;
        return Promise.resolve();
      },
      timing,
      ...changes,
    };
    return withWriterLease(deps, { plan, work: copyWork, signal: outside.signal }, work);
  };
  const claim = () => world.run((trx) => claimWriter(trx, plan, copyWork));
  const aborted = (lease: WriterLease): Promise<boolean> =>
    eventually('the signal', () => Promise.resolve(lease.signal.aborted));

  it('is had while the work lasts, and leaves what is done on record', async () => {
    const result = await withLease(async (lease) => {
      lease.mayWrite();
      assert.notEqual((await edition.row()).writer_id, null);
      return { record: 'copied', result: 'the counts' };
    });
    const row = await edition.row();
    assert.equal(result, 'the counts');
    assert.deepEqual([row.writer_id, row.phase], [null, 'copied']);
    assert.deepEqual([warnings, woken], [[], 0]);
  });

  it('is renewed for as long as the work lasts', async () => {
    await withLease(async (lease) => {
      const first = (await edition.row()).writer_seen_at ?? new Date(0);
      await eventually('several leases to pass', async () => {
        lease.mayWrite();
        const seen = (await edition.row()).writer_seen_at ?? new Date(0);
        return seen.getTime() - first.getTime() > 2 * timing.lease;
      });
      return { record: 'copied', result: null };
    });
    assert.equal((await edition.row()).phase, 'copied');
  });

  it('is refused for a plan that is void, before anything is done', async () => {
    await edition.begin();
    await assert.rejects(
      withLease(() => assert.fail('worked')),
      { code: 'plan_void' },
    );
  });

  it('is not asked for by an attempt that is cancelled already', async () => {
    outside.abort(new Error('cancelled'));
    await assert.rejects(
      withLease(() => assert.fail('worked')),
      /cancelled/,
    );
    assert.equal((await edition.row()).writer_id, null);
  });

  it('is let go when the work fails, without a record', async () => {
    const failed = withLease(() => Promise.reject(new Error('the store is away')));
    await assert.rejects(failed, /the store is away/);
    const row = await edition.row();
    assert.deepEqual([row.writer_id, row.phase, row.plan_id], [null, null, plan.planId]);
  });

  it('is let go only when the work has settled, however it was stopped', async () => {
    let answered: (() => void) | undefined;
    const inFlight = new Promise<void>((resolve) => {
      answered = resolve;
    });
    let stopped: ((lease: WriterLease) => void) | undefined;
    const stopping = new Promise<WriterLease>((resolve) => {
      stopped = resolve;
    });
    const work = withLease(async (lease) => {
      stopped?.(lease);
      await inFlight;
      lease.signal.throwIfAborted();
      return { result: null };
    });
    const lease = await stopping;
    outside.abort(new Error('cancelled'));
    assert.ok(lease.signal.aborted);
    const { writer_id: holder } = await edition.row();
    assert.notEqual(holder, null);
    // Checks go on, too: what is in flight may take longer than a lease.
    const seen = (await edition.row()).writer_seen_at?.getTime() ?? 0;
    await eventually('a check', async () => ((await edition.row()).writer_seen_at?.getTime() ?? 0) > seen);
    answered?.();
    await assert.rejects(work, /cancelled/);
    assert.equal((await edition.row()).writer_id, null);
  });

  describe('is lost', () => {
    const ends: Readonly<Record<string, () => Promise<unknown>>> = {
      'when the generation is settled': () => edition.settle('reset'),
      'when another plan begins': () => edition.begin(),
    };
    for (const [end, happens] of Object.entries(ends))
      it(`${end}: the signal says so, nothing may be written, the place is left`, async () => {
        const work = withLease(async (lease) => {
          await happens();
          await aborted(lease);
          assert.throws(
            () => {
              lease.mayWrite();
            },
            { code: 'plan_void' },
          );
          lease.signal.throwIfAborted();
          return { record: 'copied', result: null };
        });
        await assert.rejects(work, { code: 'plan_void' });
        const row = await edition.row();
        assert.deepEqual([row.writer_id, row.phase, woken], [null, null, 0]);
      });

    it('when the plan ends unnoticed: what was done is not recorded', async () => {
      const work = withLease(async () => {
        await edition.settle('cancelled');
        return { record: 'copied', result: null };
      });
      await assert.rejects(work, { code: 'plan_void' });
      assert.equal((await edition.row()).phase, null);
    });

    it('to another attempt: this one confesses, and the edition is looked at again', async () => {
      let successor: string | undefined;
      const work = withLease(async (lease) => {
        successor = (await claim()).writerId;
        await aborted(lease);
        return { record: 'copied', result: null };
      });
      await assert.rejects(work, { code: 'plan_void' });
      const row = await edition.row();
      assert.deepEqual([row.dirty, row.plan_id, row.writer_id], [true, null, successor]);
      assert.equal(woken, 1);
      assert.deepEqual(warnings, ['overlapped with another writer; the edition is looked at again']);
    });

    it('to another attempt while the work fails: it confesses all the same, and the failure is told', async () => {
      const work = withLease(async () => {
        await claim();
        throw new Error('the store is away');
      });
      await assert.rejects(work, /the store is away/);
      assert.deepEqual([(await edition.row()).plan_id, woken], [null, 1]);
    });
  });

  describe('without an answer of the database', () => {
    it('runs out, and is there again with the next check that succeeds', async () => {
      await withLease(async (lease) => {
        await world.run(async (trx) => {
          // Checks wait for this lock, so that none is answered.
          await lockEdition(trx, edition.id);
          lease.mayWrite();
          const refusal = await eventually('the lease to run out', () => Promise.resolve(refusalOf(lease)));
          assert.equal((refusal as { code?: string }).code, 'unavailable');
          assert.match(String(refusal), /did not answer for 1\.5 s/);
          assert.equal(lease.signal.aborted, false, 'the place may still be its own');
        });
        await eventually('the lease to be there again', () =>
          Promise.resolve(refusalOf(lease) === undefined),
        );
        return { record: 'copied', result: null };
      });
      assert.equal((await edition.row()).phase, 'copied');
    });

    it('keeps at most two checks waiting, however long it takes', async () => {
      await withLease(async (lease) => {
        await world.run(async (trx) => {
          await lockEdition(trx, edition.id);
          await eventually('the lease to run out', () => Promise.resolve(refusalOf(lease)));
          const { rows } = await world.knex.raw<{ rows: { waiting: number }[] }>(
            "SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
          );
          assert.equal(rows[0]?.waiting, 2);
        });
        return { record: 'copied', result: null };
      });
    });

    it('is not given back: whoever comes next waits for what may be under way', async () => {
      const knex = createKnex({ url: world.database.url, applicationName: 'test lost connection' });
      const work = withLease(
        async (lease) => {
          await knex.destroy();
          await eventually('the lease to run out', () => Promise.resolve(refusalOf(lease)));
          lease.mayWrite();
          return { record: 'copied', result: null };
        },
        { knex },
      );
      await assert.rejects(work, { code: 'unavailable' });
      assert.notEqual((await edition.row()).writer_id, null);
      assert.ok(warnings.includes('the row of the edition could not be checked'));
      assert.equal(warnings.at(-1), 'the place of the writer could not be released');
      assert.notEqual((await claim()).predecessorSeenAgo, null);
    });
  });

  describe('after a predecessor that did not let go', () => {
    const databaseTime = async (knex: Knex): Promise<number> => {
      const { rows } = await knex.raw<{ rows: { now: Date }[] }>('SELECT clock_timestamp() AS now');
      return rows[0]?.now.getTime() ?? 0;
    };

    it('begins when everything that one may have sent has arrived or timed out', async () => {
      await claim();
      const seen = (await edition.row()).writer_seen_at?.getTime() ?? 0;
      await withLease(async () => {
        const waited = (await databaseTime(world.knex)) - seen;
        // Timers may be a millisecond early, and two clocks are compared.
        assert.ok(waited >= timing.lease + timing.maxWrite - 5, `${waited} ms`);
        return { result: null };
      });
    });

    it('begins at once where that one was last seen long ago', async () => {
      await claim();
      await edition.change({ writer_seen_at: new Date(0) });
      let worked = false;
      const work = withLease(
        () => {
          worked = true;
          return Promise.resolve({ result: null });
        },
        { timing: { lease: 3_600_000, checkInterval: 5_000, maxWrite: 1_000 } },
      );
      await work;
      assert.ok(worked);
    });

    it('keeps the place known as taken when it is stopped while it waits: the next one waits as well', async () => {
      const { writerId } = await claim();
      const work = withLease(() => assert.fail('worked'), {
        timing: { lease: 3_600_000, checkInterval: 50, maxWrite: 1_000 },
      });
      await eventually('the claim', async () => (await edition.row()).writer_id !== writerId);
      outside.abort(new Error('cancelled'));
      await assert.rejects(work, /cancelled/);
      assert.notEqual((await claim()).predecessorSeenAgo, null);
    });

    it("waits no longer than that where PostgreSQL's clock was set back since that one was seen", async () => {
      await claim();
      await edition.change({ writer_seen_at: new Date(Date.now() + 3_600_000) });
      const work = withLease(() => Promise.resolve({ record: 'copied', result: 'done' }));
      assert.equal(await work, 'done');
    });

    it('stops waiting when the plan ends', async () => {
      const { writerId } = await claim();
      const work = withLease(() => assert.fail('worked'), {
        timing: { lease: 3_600_000, checkInterval: 50, maxWrite: 1_000 },
      });
      await eventually('the claim', async () => (await edition.row()).writer_id !== writerId);
      await edition.settle('cancelled');
      await assert.rejects(work, { code: 'plan_void' });
    });

    it('uses the real times where none are given', async () => {
      await recordCopied(world, plan);
      const deps = { knex: world.knex, logger: silent, wake: () => Promise.resolve() };
      const request = { plan, work: { kind: 'removal' }, signal: outside.signal } as const;
      const done = await withWriterLease(deps, request, (lease) => {
        lease.mayWrite();
        return Promise.resolve({ record: 'verified' as const, result: 'done' });
      });
      assert.equal(done, 'done');
      const { writerId } = await world.run((trx) => claimWriter(trx, plan, { kind: 'removal' }));
      await world.run((trx) => releaseWriter(trx, plan, { writerId }));
      assert.equal((await edition.row()).phase, 'verified');
    });
  });
});

const silent = { warn: () => undefined, info: () => undefined };

/** Why nothing may be written now; undefined where it may. */
function refusalOf(lease: WriterLease): unknown {
  try {
    lease.mayWrite();
    return undefined;
  } catch (error) {
    return error;
  }
}
