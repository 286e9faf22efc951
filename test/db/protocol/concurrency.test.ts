import assert from 'node:assert/strict';
import fc from 'fast-check';
import { finishRebuild } from '../../../src/db/protocol/finish.js';
import { settlePlan } from '../../../src/db/protocol/settle.js';
import { checkWriter, acquireWriter, releaseWriter } from '../../../src/db/protocol/writer.js';
import { noCounts } from '../../../src/domain/copy-counts.js';
import type { RebuildOutcome } from '../../../src/domain/edition-state.js';
import { hasCode } from '../../../src/domain/errors.js';
import type { RebuildPlan, SettledOutcome } from '../../../src/workflows/contract.js';
import { copyWork, type ProtocolWorld, startProtocolWorld, type TestEdition } from '../../support/protocol.js';

/** An attempt that has, or had, the writer lease. */
interface Attempt {
  readonly plan: RebuildPlan;
  readonly record: 'copied' | 'verified';
  readonly writerId: string;
}

/** A run of the workflow that does not know of the others. */
interface Run {
  plan: RebuildPlan | null;
  attempt: Attempt | null;
  done: 'nothing' | 'copied' | 'verified';
}

/** The events that the test has seen. */
interface Witnessed {
  /** Every attempt that has not released its lease, also forgotten ones. */
  readonly attempts: Set<Attempt>;
  /** The record of each plan by a clean release. */
  readonly proofs: Map<string, Set<string>>;
  readonly published: RebuildPlan[];
  readonly outcomes: Map<number, RebuildOutcome>;
}

describe('the protocol with three concurrent runs of one edition', () => {
  let world: ProtocolWorld;
  let edition: TestEdition;
  let builds: readonly number[];
  const seen: Witnessed = { attempts: new Set(), proofs: new Map(), published: [], outcomes: new Map() };

  before(async () => {
    world = await startProtocolWorld();
    edition = await world.edition();
    builds = await Promise.all([edition.build(), edition.build(), edition.build()]);
  });

  after(async () => {
    await world.close();
  });

  it('allows one writer at a time, publishes only verified copies, and writes each outcome once', async () => {
    const runs = Array.from({ length: 3 }, (): Run => ({ plan: null, attempt: null, done: 'nothing' }));
    const die100 = fc.noBias(fc.nat(99));
    const dice = fc.sample(fc.tuple(die100, die100, die100, die100), { seed: 42, numRuns: 300 });
    for (const [die = 0, ...rest] of dice) {
      // All at once: PostgreSQL decides which comes first.
      await Promise.all([request(die), ...runs.map((run, index) => step(run, rest[index] ?? 0))]);
      await oneWriter();
      await outcomesStand();
    }
    // Not how often, which depends on the order. But a test in which nothing happens proves nothing.
    const kinds = new Set(seen.outcomes.values());
    for (const outcome of ['published', 'superseded', 'reset'] as const)
      assert.ok(kinds.has(outcome), `none was ${outcome}`);
  });

  async function request(die: number): Promise<void> {
    if (die < 4) await edition.settle('reset');
    else if (die < 20) await edition.declare(builds[die % builds.length] ?? 0);
  }

  async function step(run: Run, die: number): Promise<void> {
    try {
      if (run.plan === null) await look(run, die);
      else if (run.attempt !== null) await leave(run, run.attempt, die);
      else if (die < 6) await giveUp(run, run.plan, die < 3 ? 'failed' : 'cancelled');
      else if (run.done === 'verified') await finish(run, run.plan);
      else run.attempt = await claim(run.plan, run.done === 'nothing' ? 'copied' : 'verified');
    } catch (error) {
      if (!hasCode(error, 'plan_void') && !hasCode(error, 'verification_failed')) throw error;
      run.plan = null;
    }
  }

  /** Rarely, since each new plan voids the plans of the others. */
  async function look(run: Run, die: number): Promise<void> {
    if (die < 10) Object.assign(run, { plan: await edition.look(), done: 'nothing' });
  }

  async function claim(plan: RebuildPlan, record: Attempt['record']): Promise<Attempt> {
    const work = record === 'copied' ? copyWork : ({ kind: 'removal' } as const);
    const { writerId } = await world.run((trx) => acquireWriter(trx, plan, work));
    const attempt = { plan, record, writerId };
    seen.attempts.add(attempt);
    return attempt;
  }

  /** One of ten attempts never reports again. */
  async function leave(run: Run, attempt: Attempt, die: number): Promise<void> {
    run.attempt = null;
    if (die < 10) return;
    const { plan, record, writerId } = attempt;
    const left = await world.run((trx) => releaseWriter(trx, plan, { writerId, record }));
    seen.attempts.delete(attempt);
    if (left !== 'recorded') run.plan = null;
    else {
      run.done = record;
      const proofs = seen.proofs.get(plan.planId) ?? new Set();
      seen.proofs.set(plan.planId, proofs.add(record));
    }
  }

  async function finish(run: Run, plan: RebuildPlan): Promise<void> {
    run.plan = null;
    if (!(await world.run((trx) => finishRebuild(trx, plan, { counts: noCounts, warning: null })))) return;
    assert.deepEqual(seen.proofs.get(plan.planId), new Set(['copied', 'verified']));
    if (!plan.restore) seen.published.push(plan);
  }

  async function giveUp(run: Run, plan: RebuildPlan, outcome: SettledOutcome): Promise<void> {
    run.plan = null;
    await world.run((trx) => settlePlan(trx, plan, { outcome }));
  }

  async function oneWriter(): Promise<void> {
    const attempts = [...seen.attempts];
    const checks = await Promise.all(attempts.map(({ plan, writerId }) => checkWriter(world.knex, plan, writerId)));
    assert.ok(checks.filter(Boolean).length <= 1, 'two attempts may write');
    // A writer that failed once never writes again, so the test need not check it any more.
    for (const [index, attempt] of attempts.entries())
      if (checks[index] === false && attempts.length - index > 10) seen.attempts.delete(attempt);
  }

  async function outcomesStand(): Promise<void> {
    const rebuilds = await edition.rebuilds();
    for (const { generation, outcome } of rebuilds) {
      const before = seen.outcomes.get(generation);
      if (before !== undefined) assert.equal(outcome, before, `the outcome of generation ${generation}`);
      else if (outcome !== null) seen.outcomes.set(generation, outcome);
    }
    const row = await edition.row();
    const ended = rebuilds.filter(({ outcome }) => outcome !== null);
    assert.equal(row.settled_generation, ended.at(-1)?.generation ?? 0);
    assert.equal(ended.length, row.settled_generation, 'an older rebuild is still open');
    const published = rebuilds.filter(({ outcome }) => outcome === 'published');
    assert.deepEqual(
      published.map(({ generation }) => generation),
      seen.published.map(({ generation }) => generation),
    );
    assert.equal(row.published_build_id, published.at(-1)?.build_id ?? null);
  }
});
