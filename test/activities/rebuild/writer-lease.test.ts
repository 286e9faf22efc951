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
import { acquireWriter, releaseWriter } from '../../../src/db/protocol/writer.js';
import type { RebuildPlan } from '../../../src/workflows/contract.js';
import { eventually } from '../../support/eventually.js';
import {
  copyWork,
  type ProtocolWorld,
  recordCopied,
  startProtocolWorld,
  type TestEdition,
} from '../../support/protocol.js';

/** As short as a busy machine allows, in the proportions of the real times. */
const timing = { lease: 1_500, checkInterval: 100, maxWrite: 500 };

describe('withWriterLease', () => {
  let world: ProtocolWorld;
  let edition: TestEdition;
  let plan: RebuildPlan;
  let warnings: string[];
  let signals: number;
  let outside: AbortController;

  before(async () => {
    world = await startProtocolWorld();
  });

  beforeEach(async () => {
    edition = await world.edition();
    await edition.declare(await edition.build());
    plan = await edition.begin();
    warnings = [];
    signals = 0;
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
        signals += 1;
        return Promise.resolve();
      },
      timing,
      ...changes,
    };
    return withWriterLease(deps, { plan, work: copyWork, signal: outside.signal }, work);
  };
  const claim = () => world.run((trx) => acquireWriter(trx, plan, copyWork));
  const aborted = (lease: WriterLease): Promise<boolean> =>
    eventually('the signal', () => Promise.resolve(lease.signal.aborted));

  it('holds the lease during the work, and records the work on release', async () => {
    const result = await withLease(async (lease) => {
      lease.mayWrite();
      assert.notEqual((await edition.row()).writer_id, null);
      return { record: 'copied', result: 'the counts' };
    });
    const row = await edition.row();
    assert.equal(result, 'the counts');
    assert.deepEqual([row.writer_id, row.phase], [null, 'copied']);
    assert.deepEqual([warnings, signals], [[], 0]);
  });

  it('renews the lease during the work', async () => {
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

  it('refuses a void plan before any work', async () => {
    await edition.begin();
    await assert.rejects(
      withLease(() => assert.fail('worked')),
      { code: 'plan_void' },
    );
  });

  it('acquires no lease for an attempt that is cancelled already', async () => {
    outside.abort(new Error('cancelled'));
    await assert.rejects(
      withLease(() => assert.fail('worked')),
      /cancelled/,
    );
    assert.equal((await edition.row()).writer_id, null);
  });

  it('releases the lease without a record when the work fails', async () => {
    const failed = withLease(() => Promise.reject(new Error('the store is away')));
    await assert.rejects(failed, /the store is away/);
    const row = await edition.row();
    assert.deepEqual([row.writer_id, row.phase, row.plan_id], [null, null, plan.planId]);
  });

  it('releases the lease only after the work has settled, however it was stopped', async () => {
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
    // Checks continue, since requests in flight may take longer than a lease.
    const seen = (await edition.row()).writer_seen_at?.getTime() ?? 0;
    await eventually('a check', async () => ((await edition.row()).writer_seen_at?.getTime() ?? 0) > seen);
    answered?.();
    await assert.rejects(work, /cancelled/);
    assert.equal((await edition.row()).writer_id, null);
  });

  describe('a lost lease', () => {
    const ends: Readonly<Record<string, () => Promise<unknown>>> = {
      'the generation is settled': () => edition.settle('reset'),
      'another plan begins': () => edition.begin(),
    };
    for (const [end, happens] of Object.entries(ends))
      it(`aborts the signal, refuses writes and releases the lease when ${end}`, async () => {
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
        assert.deepEqual([row.writer_id, row.phase, signals], [null, null, 0]);
      });

    it('records nothing when the plan ended between checks', async () => {
      const work = withLease(async () => {
        await edition.settle('cancelled');
        return { record: 'copied', result: null };
      });
      await assert.rejects(work, { code: 'plan_void' });
      assert.equal((await edition.row()).phase, null);
    });

    it('marks the edition dirty and signals it when another attempt acquired the lease', async () => {
      let successor: string | undefined;
      const work = withLease(async (lease) => {
        successor = (await claim()).writerId;
        await aborted(lease);
        return { record: 'copied', result: null };
      });
      await assert.rejects(work, { code: 'plan_void' });
      const row = await edition.row();
      assert.deepEqual([row.dirty, row.plan_id, row.writer_id], [true, null, successor]);
      assert.equal(signals, 1);
      assert.deepEqual(warnings, ['overlapped with another writer; the edition is rebuilt']);
    });

    it('does the same while the work fails, and throws the failure of the work', async () => {
      const work = withLease(async () => {
        await claim();
        throw new Error('the store is away');
      });
      await assert.rejects(work, /the store is away/);
      assert.deepEqual([(await edition.row()).plan_id, signals], [null, 1]);
    });
  });

  describe('a database that does not answer', () => {
    it('stops writes when the lease runs out, and allows them after the next successful check', async () => {
      await withLease(async (lease) => {
        await world.run(async (trx) => {
          // Checks wait for this lock, so that none is answered.
          await lockEdition(trx, edition.id);
          lease.mayWrite();
          const refusal = await eventually('the lease to run out', () => Promise.resolve(refusalOf(lease)));
          assert.equal((refusal as { code?: string }).code, 'unavailable');
          assert.match(String(refusal), /did not answer for 1\.5 s/);
          assert.equal(lease.signal.aborted, false, 'the lease may still be held');
        });
        await eventually('the lease to be renewed', () => Promise.resolve(refusalOf(lease) === undefined));
        return { record: 'copied', result: null };
      });
      assert.equal((await edition.row()).phase, 'copied');
    });

    it('keeps at most two checks waiting at a time', async () => {
      await withLease(async (lease) => {
        await world.run(async (trx) => {
          await lockEdition(trx, edition.id);
          await eventually('the lease to run out', () => Promise.resolve(refusalOf(lease)));
          const { rows } = await world.knex.raw<{ rows: { waiting: number }[] }>(
            'SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() ' +
              "AND wait_event_type = 'Lock'",
          );
          assert.equal(rows[0]?.waiting, 2);
        });
        return { record: 'copied', result: null };
      });
    });

    it('keeps the lease in the row, so that the next writer waits for requests in flight', async () => {
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
      assert.equal(warnings.at(-1), 'the writer lease could not be released');
      assert.notEqual((await claim()).predecessorSeenAgo, null);
    });
  });

  describe('a predecessor that did not release its lease', () => {
    const databaseTime = async (knex: Knex): Promise<number> => {
      const { rows } = await knex.raw<{ rows: { now: Date }[] }>('SELECT clock_timestamp() AS now');
      return rows[0]?.now.getTime() ?? 0;
    };

    it('begins when all requests of the predecessor have arrived or timed out', async () => {
      await claim();
      const seen = (await edition.row()).writer_seen_at?.getTime() ?? 0;
      await withLease(async () => {
        const waited = (await databaseTime(world.knex)) - seen;
        // Timers may be a millisecond early, and two clocks are compared.
        assert.ok(waited >= timing.lease + timing.maxWrite - 5, `${waited} ms`);
        return { result: null };
      });
    });

    it('begins at once when the predecessor was last seen long ago', async () => {
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

    it('keeps the lease in the row when it is stopped while it waits, so that the next writer waits too', async () => {
      const { writerId } = await claim();
      const work = withLease(() => assert.fail('worked'), {
        timing: { lease: 3_600_000, checkInterval: 50, maxWrite: 1_000 },
      });
      await eventually('the claim', async () => (await edition.row()).writer_id !== writerId);
      outside.abort(new Error('cancelled'));
      await assert.rejects(work, /cancelled/);
      assert.notEqual((await claim()).predecessorSeenAgo, null);
    });

    it("waits no longer than that when PostgreSQL's clock was set back meanwhile", async () => {
      await claim();
      await edition.change({ writer_seen_at: new Date(Date.now() + 3_600_000) });
      const work = withLease(() => Promise.resolve({ record: 'copied', result: 'done' }));
      assert.equal(await work, 'done');
    });

    it('stops waiting for its predecessor when the plan ends', async () => {
      const { writerId } = await claim();
      const work = withLease(() => assert.fail('worked'), {
        timing: { lease: 3_600_000, checkInterval: 50, maxWrite: 1_000 },
      });
      await eventually('the claim', async () => (await edition.row()).writer_id !== writerId);
      await edition.settle('cancelled');
      await assert.rejects(work, { code: 'plan_void' });
    });

    it('uses the production times by default', async () => {
      await recordCopied(world, plan);
      const deps = { knex: world.knex, logger: silent, wake: () => Promise.resolve() };
      const request = { plan, work: { kind: 'removal' }, signal: outside.signal } as const;
      const done = await withWriterLease(deps, request, (lease) => {
        lease.mayWrite();
        return Promise.resolve({ record: 'verified' as const, result: 'done' });
      });
      assert.equal(done, 'done');
      const { writerId } = await world.run((trx) => acquireWriter(trx, plan, { kind: 'removal' }));
      await world.run((trx) => releaseWriter(trx, plan, { writerId }));
      assert.equal((await edition.row()).phase, 'verified');
    });
  });
});

const silent = { warn: () => undefined, info: () => undefined };

/** The error that forbids a write now; undefined when writes are allowed. */
function refusalOf(lease: WriterLease): unknown {
  try {
    lease.mayWrite();
    return undefined;
  } catch (error) {
    return error;
  }
}
