import assert from 'node:assert/strict';
import fc from 'fast-check';
import { markDeletions } from '../../../src/db/protocol/build-deletion.js';
import { finishRebuild } from '../../../src/db/protocol/finish.js';
import { confirmPurge, owedPurge } from '../../../src/db/protocol/owed-purges.js';
import { failRestore, settlePlan } from '../../../src/db/protocol/settle.js';
import { checkWriter, acquireWriter, releaseWriter } from '../../../src/db/protocol/writer.js';
import { reviveEdition } from '../../../src/db/queries/editions.js';
import { noCounts } from '../../../src/domain/copy-counts.js';
import type { RebuildOutcome } from '../../../src/domain/edition-state.js';
import { hasCode } from '../../../src/domain/errors.js';
import type { RebuildPlan } from '../../../src/workflows/contract.js';
import { copyWork, type ProtocolWorld, startProtocolWorld, type TestEdition } from '../../support/protocol.js';
import * as reference from './reference.js';

/** An attempt of an activity: alive, frozen or forgotten; no part of the system can tell. */
interface Attempt {
  readonly plan: RebuildPlan;
  readonly work: 'copy' | 'removal';
  readonly writerId: string;
  readonly purgeDue: number;
  hasWritten: boolean;
}

/** A purge on its way to the CDN: the state that it read, and the number of writes made by then. */
interface SentPurge {
  readonly due: number;
  readonly writes: number;
}

/** One edition on which many runs work, and the state that the rules give it. */
interface Scene {
  readonly world: ProtocolWorld;
  readonly edition: TestEdition;
  readonly builds: readonly number[];
  readonly plans: RebuildPlan[];
  readonly attempts: Attempt[];
  readonly purges: SentPurge[];
  /** The number of writes to the bucket, and how many of them a confirmed purge followed. */
  writes: number;
  purgedWrites: number;
  readonly expected: reference.Reference;
}

/** The possible events; the number picks the run or attempt: mostly the newest, sometimes an overtaken one. */
const happenings = {
  declare: async ({ edition, builds, expected }: Scene, pick: number) => {
    if (expected.ended) return; // every request refuses it
    const build = builds[pick % builds.length] ?? 0;
    await edition.declare(build);
    reference.declare(expected, build);
  },
  begin: async ({ edition, plans, expected }: Scene) => {
    const plan = await edition.look();
    const next = reference.nextPlan(expected);
    assert.deepEqual(plan === null ? null : pickFacts(plan), next);
    if (plan === null) return;
    plans.push(plan);
    reference.begin(expected, plan.planId);
  },
  copy: (scene: Scene, pick: number) => claim(scene, newestOr(scene.plans, pick), 'copy'),
  remove: (scene: Scene, pick: number) => claim(scene, newestOr(scene.plans, pick), 'removal'),
  check: async (scene: Scene) => {
    for (const attempt of scene.attempts.slice(-4))
      assert.equal(await checkWriter(scene.world.knex, attempt.plan, attempt.writerId), mayWrite(scene, attempt));
  },
  write: (scene: Scene) => {
    const writer = scene.attempts.find((attempt) => mayWrite(scene, attempt));
    if (writer === undefined) return Promise.resolve();
    writer.hasWritten = true;
    scene.writes += 1;
    return Promise.resolve();
  },
  sendPurge: async ({ world, edition, purges, writes }: Scene) => {
    const owed = await owedPurge(world.knex, { table: 'editions', id: edition.id });
    if (owed !== null) purges.push({ due: owed.due, writes });
  },
  confirmPurge: async (scene: Scene, pick: number) => {
    const purge = newestOr(scene.purges, pick);
    if (purge === undefined) return;
    await confirmPurge(scene.world.knex, { table: 'editions', id: scene.edition.id }, purge.due);
    scene.purgedWrites = Math.max(scene.purgedWrites, purge.writes);
  },
  complete: (scene: Scene, pick: number) => release(scene, newestOr(scene.attempts, pick), true),
  giveUp: (scene: Scene, pick: number) => release(scene, newestOr(scene.attempts, pick), false),
  finish: async ({ world, plans, expected }: Scene, pick: number) => {
    const plan = newestOr(plans, pick);
    if (plan === undefined) return;
    const done = await world.run((trx) => finishRebuild(trx, plan, { counts: noCounts, warning: null }));
    assert.equal(done, reference.finish(expected, facts(plan)));
  },
  fail: async ({ world, plans, expected }: Scene, pick: number) => {
    const plan = newestOr(plans, pick);
    if (plan === undefined) return;
    const done = await world.run((trx) => settlePlan(trx, plan, { outcome: 'failed', error: 'it broke' }));
    assert.equal(done, reference.fail(expected, facts(plan)));
  },
  cancel: async ({ world, plans, expected }: Scene, pick: number) => {
    const plan = newestOr(plans, pick);
    if (plan === undefined) return;
    const done = await world.run((trx) => settlePlan(trx, plan, { outcome: 'cancelled' }));
    const mine = expected.plan === plan.planId;
    assert.equal(done, mine && reference.settle(expected, plan.generation, 'cancelled'));
  },
  reset: async ({ edition, expected }: Scene) => {
    const done = await edition.settle('reset');
    assert.equal(done, reference.settle(expected, expected.history.length, 'reset'));
  },
  failRestore: async ({ world, plans, expected }: Scene, pick: number) => {
    const plan = newestOr(plans, pick);
    if (plan === undefined) return;
    await world.run((trx) => failRestore(trx, plan));
    reference.failRestore(expected, facts(plan));
  },
  deprecate: async ({ edition, expected }: Scene, pick: number) => {
    if (pick > 4) return; // rarely, since little happens to an edition after it
    await edition.settle('cancelled');
    await edition.change({ date_ended: new Date() });
    reference.deprecate(expected);
  },
  markDeletion: async ({ world, expected }: Scene) => {
    await world.run((trx) => markDeletions(trx, 0));
    reference.markDeletion(expected);
  },
  revive: async ({ world, edition, expected }: Scene) => {
    await world.run((trx) => reviveEdition(trx, edition.id, 'https://keeper.test'));
    reference.revive(expected);
  },
} satisfies Readonly<Record<string, (scene: Scene, pick: number) => Promise<void>>>;

type Happening = keyof typeof happenings | 'advance';

describe('the protocol under random events', () => {
  let world: ProtocolWorld;

  before(async () => {
    world = await startProtocolWorld();
  });

  after(async () => {
    await world.close();
  });

  it('obeys its rules under any order of events, and comes to rest', async () => {
    const story = fc.array(fc.tuple(happening, fc.nat(9)), { minLength: 50, maxLength: 50, size: 'max' });
    const check = fc.asyncProperty(story, async (steps) => {
      const scene = await newScene(world);
      const ended = new Map<number, RebuildOutcome>();
      for (const [name, pick] of steps) {
        await (name === 'advance' ? advance(scene) : happenings[name](scene, pick));
        await agree(scene, ended);
      }
      await comeToRest(scene);
      await agree(scene, ended);
    });
    await fc.assert(check, { seed: 20_260_101, numRuns: 50 });
    // Two and a half thousand steps of several transactions each take seconds, and more on a busy machine.
  }).timeout(180_000);
});

async function newScene(world: ProtocolWorld): Promise<Scene> {
  const edition = await world.edition();
  const builds = [await edition.build(), await edition.build(), await edition.build()];
  const none = { plans: [], attempts: [], purges: [], writes: 0, purgedWrites: 0 };
  return { world, edition, builds, ...none, expected: reference.newReference() };
}

/** Four of ten steps continue current work, so that sequences reach late states. */
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.constant('advance' as const) },
  { weight: 6, arbitrary: fc.constantFrom(...(Object.keys(happenings) as (keyof typeof happenings)[])) },
);

/** The next step of a run that is not disturbed. */
async function advance(scene: Scene): Promise<void> {
  const { expected } = scene;
  const holder = scene.attempts.findIndex((attempt) => mayWrite(scene, attempt));
  if (expected.plan === null) await happenings.begin(scene);
  else if (holder >= 0) await release(scene, scene.attempts[holder], true);
  else if (expected.writer !== null || expected.phase === null) await happenings.copy(scene, 0);
  else if (expected.phase === 'copied') await happenings.remove(scene, 0);
  else await happenings.finish(scene, 0);
}

/** Every run but one ends, and that one must complete the work. */
async function comeToRest(scene: Scene): Promise<void> {
  scene.attempts.length = 0;
  for (let steps = 0; reference.nextPlan(scene.expected) !== null; steps += 1) {
    assert.ok(steps < 20, 'does not come to rest');
    await advance(scene);
  }
  const row = await scene.edition.row();
  assert.deepEqual([row.pending_rebuild, row.dirty, row.deleting], [false, false, false]);
  const rebuilds = await scene.edition.rebuilds();
  assert.ok(rebuilds.every(({ outcome }) => outcome !== null));
  const published = rebuilds.findLast(({ outcome }) => outcome === 'published')?.build_id ?? null;
  assert.equal(row.published_build_id, scene.expected.bare ? null : published);
  // Each write of a dead, frozen or late attempt that no confirmed purge followed is owed a purge.
  if (scene.writes > scene.purgedWrites) assert.ok(row.purge_done < row.purge_due, 'a purge is owed');
}

async function claim(scene: Scene, plan: RebuildPlan | undefined, work: Attempt['work']): Promise<void> {
  if (plan === undefined) return;
  const { world, attempts, expected } = scene;
  const allowed = reference.mayClaim(expected, facts(plan), work);
  try {
    const { writerId, purgeDue, predecessorSeenAgo } = await world.run((trx) =>
      acquireWriter(trx, plan, work === 'copy' ? { ...copyWork, uncached: false } : { kind: work }),
    );
    attempts.push({ plan, work, writerId, purgeDue, hasWritten: false });
    assert.ok(allowed, `${work} was allowed`);
    assert.equal(predecessorSeenAgo === null, expected.writer === null);
    reference.claim(expected, facts(plan), { writer: writerId, work });
  } catch (error) {
    if (!hasCode(error, 'plan_void') && !hasCode(error, 'verification_failed')) throw error;
    assert.ok(!allowed, `${work} was refused`);
  }
}

async function release(scene: Scene, attempt: Attempt | undefined, done: boolean): Promise<void> {
  if (attempt === undefined) return;
  const { world, attempts, expected } = scene;
  const { plan, work, writerId, purgeDue, hasWritten } = attempt;
  attempts.splice(attempts.indexOf(attempt), 1);
  const record = done ? ({ copy: 'copied', removal: 'verified' } as const)[work] : undefined;
  const unchanged = hasWritten ? {} : { unchangedSince: purgeDue };
  const departure = { writerId, ...unchanged, ...(record === undefined ? {} : { record }) };
  const left = await world.run((trx) => releaseWriter(trx, plan, departure));
  assert.equal(left, reference.release(expected, facts(plan), { writer: writerId, record }));
}

/** Compares row and history with the rules, and checks that no outcome has changed. */
async function agree(scene: Scene, ended: Map<number, RebuildOutcome>): Promise<void> {
  const { edition, expected } = scene;
  const row = await edition.row();
  assert.deepEqual(
    {
      generation: row.generation,
      settled: row.settled_generation,
      published: row.published_build_id,
      dirty: row.dirty,
      plan: row.plan_id,
      writer: row.writer_id,
      phase: row.phase,
      tried: new Set(row.tried_builds),
      deleting: row.deleting,
      purged: row.objects_deleted_at !== null,
    },
    {
      generation: expected.history.length,
      settled: expected.settled,
      published: expected.published,
      dirty: expected.dirty,
      plan: expected.plan,
      writer: expected.writer,
      phase: expected.phase,
      tried: expected.tried,
      deleting: expected.deleting,
      purged: expected.purged,
    },
  );
  const history = await outcomesStand(scene, ended);
  assert.deepEqual(
    history,
    expected.history.map(({ outcome }) => outcome),
  );
}

async function outcomesStand(
  { edition }: Scene,
  ended: Map<number, RebuildOutcome>,
): Promise<readonly (RebuildOutcome | null)[]> {
  const outcomes = await edition.outcomes();
  for (const [index, outcome] of outcomes.entries()) {
    const before = ended.get(index);
    if (before !== undefined) assert.equal(outcome, before, `the outcome of generation ${index + 1}`);
    else if (outcome !== null) ended.set(index, outcome);
  }
  return outcomes;
}

function mayWrite({ expected }: Scene, { plan, writerId }: Attempt): boolean {
  return expected.plan === plan.planId && expected.writer === writerId;
}

function newestOr<T>(all: readonly T[], pick: number): T | undefined {
  return (pick < 6 ? undefined : all.at(4 - pick)) ?? all.at(-1);
}

function facts(plan: RebuildPlan): reference.ReferencePlan {
  return { planId: plan.planId, ...pickFacts(plan) };
}

function pickFacts({ generation, restore, target }: RebuildPlan): Omit<reference.ReferencePlan, 'planId'> {
  return { generation, restore, target: target?.id ?? null };
}
