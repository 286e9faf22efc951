import assert from 'node:assert/strict';
import { closeTasks } from '../../../src/db/protocol/close-tasks.js';
import { type DashboardAttempt, recordDashboardAttempt } from '../../../src/db/protocol/dashboard.js';
import { type DeclaredRebuild, declareRebuild } from '../../../src/db/protocol/declare.js';
import { lockProduct } from '../../../src/db/protocol/lock.js';
import { openTask } from '../../../src/db/protocol/open-task.js';
import { settlePlan } from '../../../src/db/protocol/settle.js';
import { noCounts } from '../../../src/domain/copy-counts.js';
import type { Task } from '../../../src/db/models/task.js';
import {
  productRow,
  type ProtocolWorld,
  startProtocolWorld,
  taskRow,
  type TestEdition,
} from '../../support/protocol.js';

describe('closeTasks', () => {
  let world: ProtocolWorld;

  before(async () => {
    world = await startProtocolWorld();
  });

  after(async () => {
    await world.close();
  });

  /** An attempt at the newest requested dashboard. */
  const dashboard = async (productId: number, attempt: DashboardAttempt): Promise<void> => {
    const { dashboard_generation: generation } = await productRow(world.knex, productId);
    await world.run((trx) => recordDashboardAttempt(trx, { productId, generation }, attempt));
  };
  const built = (productId: number): Promise<void> => dashboard(productId, { result: 'built' });
  const broken = (productId: number): Promise<void> =>
    dashboard(productId, { result: 'failed', error: 'Dasher is away' });
  const task = (id: string): Promise<Task> => taskRow(world.knex, id);
  const status = async (id: string): Promise<string | null> => (await task(id)).status;

  /** One request that changes several editions of a product. */
  const declareOnAll = (editions: readonly TestEdition[], buildId: number): Promise<string> =>
    world.run(async (trx) => {
      const productId = editions[0]?.productId ?? 0;
      await lockProduct(trx, productId);
      const rebuilds: DeclaredRebuild[] = [];
      for (const { id: editionId } of editions)
        rebuilds.push(await declareRebuild(trx, { editionId, buildId, requestedBy: 'somebody', trackedBuildId: null }));
      return (await openTask(trx, { productId, rebuilds })).taskId;
    });

  const twoEditions = async (): Promise<readonly [TestEdition, TestEdition]> => {
    const productId = await world.product();
    return [await world.edition(productId), await world.edition(productId)];
  };

  describe('a task whose rebuild was superseded', () => {
    for (const [outcome, expected] of [
      ['published', 'SUCCESS'],
      ['failed', 'FAILURE'],
      ['cancelled', 'REVOKED'],
    ] as const)
      it(`ends a task with ${expected} when a newer rebuild of the same build was ${outcome}`, async () => {
        const edition = await world.edition();
        const build = await edition.build();
        const tasks = [await edition.declare(build), await edition.declare(build), await edition.declare(build)];
        await edition.settle(outcome);
        for (const { taskId } of tasks) assert.equal(await status(taskId), null);
        await built(edition.productId);
        for (const { taskId } of tasks) {
          const ended = await task(taskId);
          assert.equal(ended.status, expected);
          const [shown] = ended.metadata?.['editions'] as Record<string, unknown>[];
          assert.deepEqual([shown?.['outcome'], shown?.['superseded_by_build_id']], [outcome, null]);
        }
      });

    it('ends a task with REVOKED when another build replaced its build permanently', async () => {
      const edition = await world.edition();
      const [build, other] = [await edition.build(), await edition.build()];
      const first = await edition.declare(build);
      const second = await edition.declare(other);
      const third = await edition.declare(build);
      await edition.settle('published');
      await built(edition.productId);
      assert.deepEqual(
        [await status(first.taskId), await status(second.taskId), await status(third.taskId)],
        ['SUCCESS', 'REVOKED', 'SUCCESS'],
      );
    });
  });

  describe('a task with a rebuild', () => {
    it('ends a task with SUCCESS after the publication and an attempt at the dashboard', async () => {
      const edition = await world.edition();
      const { taskId } = await edition.declare(await edition.build());
      await edition.carryOut(await edition.begin());
      assert.equal(await status(taskId), null);
      await built(edition.productId);
      assert.equal(await status(taskId), 'SUCCESS');
    });

    it('ends a task although its dashboard failed, and keeps that result', async () => {
      const edition = await world.edition();
      const { taskId } = await edition.declare(await edition.build());
      await edition.carryOut(await edition.begin());
      await broken(edition.productId);
      const ended = await task(taskId);
      assert.equal(ended.status, 'SUCCESS');
      assert.equal(ended.metadata?.['dashboard'], 'retrying');
      assert.equal(ended.metadata['dashboard_error'], 'Dasher is away');
      await built(edition.productId);
      assert.deepEqual(await task(taskId), ended);
    });

    it('keeps a task open when the dashboard was built before the rebuild ended', async () => {
      const edition = await world.edition();
      const { taskId } = await edition.declare(await edition.build());
      await built(edition.productId);
      await edition.carryOut(await edition.begin());
      assert.equal(await status(taskId), null);
    });

    it('ends a task with a dashboard of a later generation than it waits for', async () => {
      const edition = await world.edition();
      const { taskId } = await edition.declare(await edition.build());
      await edition.carryOut(await edition.begin());
      const [rebuild] = await edition.rebuilds();
      const wanted = rebuild?.dashboard_generation ?? 0;
      const older = { productId: edition.productId, generation: wanted - 1 };
      await world.run((trx) => recordDashboardAttempt(trx, older, { result: 'built' }));
      assert.equal(await status(taskId), null);
      const newer = { productId: edition.productId, generation: wanted };
      await world.run((trx) => recordDashboardAttempt(trx, newer, { result: 'skipped' }));
      assert.equal((await task(taskId)).metadata?.['dashboard'], 'skipped');
    });

    it('ends a task with FAILURE and the reason when its rebuild failed', async () => {
      const edition = await world.edition();
      const { taskId } = await edition.declare(await edition.build());
      const plan = await edition.begin();
      await world.run((trx) => settlePlan(trx, plan, { outcome: 'failed', error: 'no such bucket' }));
      await built(edition.productId);
      const ended = await task(taskId);
      assert.equal(ended.status, 'FAILURE');
      assert.deepEqual(editionsOf(ended)[0]?.['error'], 'no such bucket');
    });

    for (const outcome of ['cancelled', 'reset'] as const)
      it(`ends a task with REVOKED when its rebuild was ${outcome}`, async () => {
        const edition = await world.edition();
        const { taskId } = await edition.declare(await edition.build());
        await edition.settle(outcome);
        await built(edition.productId);
        assert.equal(await status(taskId), 'REVOKED');
      });

    it('ends a superseded task with REVOKED, and names the newer build and its outcome', async () => {
      const edition = await world.edition();
      const older = await edition.build();
      const first = await edition.declare(older);
      const newer = await edition.build();
      const second = await edition.declare(newer);
      await edition.carryOut(await edition.begin());
      await built(edition.productId);
      const ended = await task(first.taskId);
      assert.equal(ended.status, 'REVOKED');
      assert.deepEqual(editionsOf(ended), [
        {
          edition_id: edition.id,
          build_id: older,
          generation: 1,
          outcome: 'superseded',
          error: null,
          counts: null,
          purge_due: null,
          superseded_by_build_id: newer,
          superseded_by_outcome: 'published',
        },
      ]);
      assert.equal(await status(second.taskId), 'SUCCESS');
    });

    it('stores counts and times in the ended task', async () => {
      const edition = await world.edition();
      const { taskId } = await edition.declare(await edition.build());
      const counts = { ...noCounts, objects_total: 20 };
      await edition.carryOut(await edition.begin(), { counts });
      await built(edition.productId);
      const ended = await task(taskId);
      const [rebuild] = await edition.rebuilds();
      assert.deepEqual(editionsOf(ended)[0]?.['counts'], counts);
      assert.equal(new Date(String(ended.metadata?.['started_at'])).getTime(), rebuild?.started_at?.getTime());
      assert.ok(ended.finished_at instanceof Date);
    });

    it('uses the time of the request as start when the rebuild never began', async () => {
      const edition = await world.edition();
      const { taskId } = await edition.declare(await edition.build());
      await edition.settle('reset');
      await built(edition.productId);
      const ended = await task(taskId);
      assert.equal(new Date(String(ended.metadata?.['started_at'])).getTime(), ended.created_at.getTime());
    });
  });

  describe('a task with several editions', () => {
    it('waits for each edition, and ends the task with SUCCESS when all are published', async () => {
      const [one, other] = await twoEditions();
      const taskId = await declareOnAll([one, other], await one.build());
      await one.carryOut(await one.begin());
      await built(one.productId);
      assert.equal(await status(taskId), null);
      await other.carryOut(await other.begin());
      assert.equal(await status(taskId), null, 'the dashboard shows only the first edition');
      await built(one.productId);
      const ended = await task(taskId);
      assert.equal(ended.status, 'SUCCESS');
      assert.deepEqual(
        editionsOf(ended).map((edition) => edition['edition_id']),
        [one.id, other.id],
      );
    });

    it('ends a task with FAILURE when one edition failed, whatever happened to the other', async () => {
      for (const otherwise of ['cancelled', 'published'] as const) {
        const [one, other] = await twoEditions();
        const taskId = await declareOnAll([one, other], await one.build());
        await one.settle('failed');
        await other.settle(otherwise);
        await built(one.productId);
        assert.equal(await status(taskId), 'FAILURE');
      }
    });

    it('ends a task with REVOKED when one edition was not published and none failed', async () => {
      const [one, other] = await twoEditions();
      const taskId = await declareOnAll([one, other], await one.build());
      await one.carryOut(await one.begin());
      await other.settle('reset');
      await built(one.productId);
      assert.equal(await status(taskId), 'REVOKED');
    });
  });

  describe('a task that is only a dashboard', () => {
    it('ends a dashboard task when the dashboard is built, and not after a failed attempt', async () => {
      const productId = await world.product();
      const { taskId } = await world.run((trx) => openTask(trx, { productId, rebuilds: [] }));
      await broken(productId);
      assert.equal(await status(taskId), null);
      await built(productId);
      const ended = await task(taskId);
      assert.equal(ended.status, 'SUCCESS');
      assert.deepEqual(
        [ended.metadata?.['dashboard'], ended.metadata?.['dashboard_error'], editionsOf(ended)],
        ['built', null, []],
      );
    });

    it('waits for the generation of the dashboard that the task requested', async () => {
      const productId = await world.product();
      const open = () => world.run((trx) => openTask(trx, { productId, rebuilds: [] }));
      const [first, second] = [await open(), await open()];
      const of = { productId, generation: first.dashboardGeneration };
      await world.run((trx) => recordDashboardAttempt(trx, of, { result: 'built' }));
      assert.equal(await status(first.taskId), 'SUCCESS');
      assert.equal(await status(second.taskId), null);
    });
  });

  it('returns each closed task once', async () => {
    const edition = await world.edition();
    const { taskId } = await edition.declare(await edition.build());
    await edition.settle('reset');
    const { dashboard_generation: wanted } = await productRow(world.knex, edition.productId);
    await world.knex('products').where({ id: edition.productId }).update({ dashboard_attempted_generation: wanted });
    const close = (): Promise<readonly string[]> =>
      world.run(async (trx) => {
        await lockProduct(trx, edition.productId);
        return closeTasks(trx, edition.productId);
      });
    assert.deepEqual(await close(), [taskId]);
    assert.deepEqual(await close(), []);
  });

  it('closes no task of another product', async () => {
    const [one, other] = [await world.edition(), await world.edition()];
    const { taskId } = await one.declare(await one.build());
    await one.carryOut(await one.begin());
    await other.publish();
    await built(other.productId);
    assert.equal(await status(taskId), null);
  });
});

function editionsOf({ metadata }: Task): readonly Record<string, unknown>[] {
  return metadata?.['editions'] as readonly Record<string, unknown>[]; // written by closeTasks
}
