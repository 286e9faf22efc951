import assert from 'node:assert/strict';
import {
  type CachedRow,
  confirmPurge,
  failPurge,
  isPurgeDueNow,
  owedPurge,
  retryPurgesNow,
} from '../../../src/db/protocol/owed-purges.js';
import { beginRebuild } from '../../../src/db/protocol/begin.js';
import { overdueDashboards, overdueEditions } from '../../../src/db/protocol/passes.js';
import { acquireWriter, type WriterRelease, releaseWriter } from '../../../src/db/protocol/writer.js';
import type { RebuildPlan } from '../../../src/workflows/contract.js';
import {
  copyWork,
  type ProtocolWorld,
  productRow,
  startProtocolWorld,
  type TestEdition,
} from '../../support/protocol.js';

const all = { after: 0, limit: 1_000 };

/** What can happen to one edition, in the order of a case. */
type Step =
  | 'claim'
  | 'claim for the removal'
  | 'record'
  | 'fail'
  | 'record nothing written'
  | 'read'
  | 'confirm'
  | 'another writer claims'
  | 'the first writer comes late';

/** Whether the edition owes a purge after these steps. */
const cases: readonly (readonly [owes: boolean, why: string, steps: readonly Step[]])[] = [
  [true, 'before the first write', ['claim']],
  [true, 'after an attempt that died', ['claim', 'another writer claims']],
  [true, 'after a copy without a purge', ['claim', 'record']],
  [true, 'after an attempt that failed', ['claim', 'fail']],
  [false, 'after a purge that was read once the copy was recorded', ['claim', 'record', 'read', 'confirm']],
  [true, 'after a purge that was read before the last write', ['claim', 'read', 'record', 'confirm']],
  [true, 'while its purge is not confirmed', ['claim', 'record', 'read']],
  [
    true,
    'when a newer step writes while the purge is in flight',
    ['claim', 'record', 'read', 'claim for the removal', 'record', 'confirm'],
  ],
  [
    true,
    'when a newer step has begun while the purge is in flight',
    ['claim', 'record', 'read', 'claim for the removal', 'confirm'],
  ],
  [
    false,
    'after a removal that deleted nothing',
    ['claim', 'record', 'read', 'confirm', 'claim for the removal', 'record nothing written'],
  ],
  [
    true,
    'after a removal that deleted nothing, when the purge before it was refused',
    ['claim', 'record', 'claim for the removal', 'record nothing written'],
  ],
  [
    true,
    'after a removal that deleted nothing, when its first attempt died',
    ['claim', 'record', 'read', 'confirm', 'claim for the removal', 'claim for the removal', 'record nothing written'],
  ],
  [
    true,
    'when a writer that lost its lease comes late',
    ['claim', 'another writer claims', 'record', 'read', 'confirm', 'the first writer comes late'],
  ],
];

describe('owed purges of an edition', () => {
  let world: ProtocolWorld;
  let edition: TestEdition;
  let plan: RebuildPlan;
  let row: CachedRow;

  before(async () => {
    world = await startProtocolWorld();
  });

  beforeEach(async () => {
    edition = await world.edition();
    await edition.declare(await edition.build());
    plan = await edition.begin();
    row = { table: 'editions', id: edition.id };
  });

  after(async () => {
    await world.close();
  });

  const claim = (kind: 'copy' | 'removal' = 'copy') =>
    world.run((trx) => acquireWriter(trx, plan, kind === 'copy' ? { ...copyWork, uncached: false } : { kind }));
  const release = (departure: WriterRelease) => world.run((trx) => releaseWriter(trx, plan, departure));

  async function play(steps: readonly Step[]): Promise<void> {
    const claims: Awaited<ReturnType<typeof claim>>[] = [];
    let due = 0;
    const writer = () => claims.at(-1) ?? assert.fail('no writer has claimed');
    const play: Readonly<Record<Step, () => Promise<unknown>>> = {
      claim: async () => claims.push(await claim()),
      'claim for the removal': async () => claims.push(await claim('removal')),
      'another writer claims': async () => claims.push(await claim()),
      record: () => release({ writerId: writer().writerId, record: 'copied' }),
      fail: () => release({ writerId: writer().writerId }),
      'record nothing written': () =>
        release({ writerId: writer().writerId, record: 'verified', unchangedSince: writer().purgeDue }),
      read: async () => {
        due = (await owedPurge(world.knex, row))?.due ?? assert.fail('nothing is owed');
      },
      confirm: () => confirmPurge(world.knex, row, due),
      'the first writer comes late': () => release({ writerId: claims[0]?.writerId ?? '' }),
    };
    for (const step of steps) await play[step]();
  }

  for (const [owes, why, steps] of cases)
    it(`${owes ? 'owes a purge' : 'owes no purge'} ${why}`, async () => {
      await play(steps);
      assert.equal((await owedPurge(world.knex, row)) !== null, owes);
    });

  it('owes no purge when no CDN is configured', async () => {
    await edition.carryOut(plan);
    const { purge_due: due, purge_done: done, purge_since: since } = await edition.row();
    assert.deepEqual([due, done, since], [0, 0, null]);
  });

  it('counts from the first write after the last confirmed purge', async () => {
    await play(['claim']);
    await edition.change({ purge_since: new Date(0) });
    await play(['claim', 'record']);
    assert.deepEqual((await edition.row()).purge_since, new Date(0));
    await play(['claim', 'record', 'read', 'claim', 'confirm']);
    assert.ok(((await edition.row()).purge_since ?? new Date(0)) > new Date(0));
  });

  it('ignores a late confirmation of an older purge', async () => {
    await play(['claim', 'record']);
    const early = await owedPurge(world.knex, row);
    await play(['claim', 'record', 'read', 'confirm']);
    const { purge_done: done } = await edition.row();
    await confirmPurge(world.knex, row, early?.due ?? 0);
    assert.equal((await edition.row()).purge_done, done);
  });

  it('never counts more purges as done than are due, also after a restored backup', async () => {
    await play(['claim', 'record']);
    await confirmPurge(world.knex, row, 1_000);
    const { purge_due: due, purge_done: done } = await edition.row();
    assert.equal(done, due);
  });

  describe('an edition that owes only a purge', () => {
    const look = () => world.run((trx) => beginRebuild(trx, edition.id));
    const overdue = async () =>
      (await overdueEditions(world.knex, all)).filter(({ editionId }) => editionId === edition.id);

    beforeEach(async () => {
      await play(['claim', 'record']);
      await edition.carryOut(plan);
    });

    it('gets no plan, stays clean and not pending, and is found by Reconcile', async () => {
      const before = await edition.row();
      assert.equal(await look(), 'purge');
      assert.deepEqual(await edition.row(), before);
      assert.deepEqual([before.dirty, before.pending_rebuild, before.plan_id], [false, false, null]);
      assert.deepEqual(
        (await overdue()).map(({ onlyOwesPurge }) => onlyOwesPurge),
        [true],
      );
    });

    it('pauses twice as long after each failure, from 30 seconds to an hour', async () => {
      const pauses: number[] = [];
      for (let failures = 1; failures <= 9; failures += 1) {
        await failPurge(world.knex, row, 'HTTP 403');
        const { rows } = await world.knex.raw<{ rows: [{ pause: number }] }>(
          'SELECT round(extract(epoch FROM purge_after - now()))::integer AS pause FROM editions WHERE id = ?',
          [edition.id],
        );
        pauses.push(Math.round(rows[0].pause / 30));
      }
      assert.deepEqual(pauses, [1, 2, 4, 8, 16, 32, 64, 120, 120]);
      assert.deepEqual([await look(), await overdue(), (await edition.row()).purge_error], [null, [], 'HTTP 403']);
    });

    it('retries at once when another purge succeeds after failures', async () => {
      const other = await world.edition();
      await other.change({ purge_due: 1 });
      const rowOfOther = { table: 'editions', id: other.id } as const;
      for (const each of [row, rowOfOther]) await failPurge(world.knex, each, 'HTTP 403');
      assert.equal(await isPurgeDueNow(world.knex, row), false);
      await confirmPurge(world.knex, rowOfOther, 1);
      assert.equal(await isPurgeDueNow(world.knex, row), true);
      const { purge_failures: failures, purge_after: after, purge_error: error } = await other.row();
      assert.deepEqual([failures, after, error], [0, null, null]);
    });

    it('gets a plan as soon as other work is due, whatever its pause', async () => {
      await failPurge(world.knex, row, 'HTTP 403');
      await edition.declare(await edition.build());
      const work = await look();
      assert.ok(work !== null && work !== 'purge');
    });

    it('keeps the pause of a locked row, and does not wait for the lock', async () => {
      await failPurge(world.knex, row, 'HTTP 403');
      await world.run(async (trx) => {
        await trx('editions').where({ id: edition.id }).forUpdate().select('id');
        await retryPurgesNow(world.knex);
      });
      assert.equal(await isPurgeDueNow(world.knex, row), false);
      await retryPurgesNow(world.knex);
      assert.equal(await isPurgeDueNow(world.knex, row), true);
    });
  });

  it('lets Reconcile find the dashboard of a product that owes a purge, after its pause', async () => {
    const productId = await world.product();
    const product = { table: 'products', id: productId } as const;
    await world.knex('products').where({ id: productId }).update({ purge_due: 3, purge_done: 1 });
    const ids = async () => (await overdueDashboards(world.knex, all)).map((each) => each.productId);
    assert.ok((await ids()).includes(productId));
    await failPurge(world.knex, product, 'HTTP 403');
    assert.ok(!(await ids()).includes(productId));
    await confirmPurge(world.knex, product, 3);
    const { purge_done: done, purge_error: error } = await productRow(world.knex, productId);
    assert.deepEqual([done, error], [3, null]);
  });
});
