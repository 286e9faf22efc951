import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WriterLease, withWriterLease } from '../../src/activities/rebuild/writer-lease.js';
import { LtdError } from '../../src/domain/errors.js';
import type { WriterTiming } from '../../src/domain/time-limits.js';
import type { RebuildPlan } from '../../src/workflows/contract.js';
import { eventually } from '../support/eventually.js';
import { freezePostgres } from '../support/freeze-postgres.js';
import { copyWork, type ProtocolWorld, startProtocolWorld, type TestEdition } from '../support/protocol.js';
import { startTestStore, type TestStore } from '../support/test-store.js';

describe('a writer while PostgreSQL is frozen', () => {
  let world: ProtocolWorld;
  let store: TestStore;
  let edition: TestEdition;
  let plan: RebuildPlan;

  before(async () => {
    world = await startProtocolWorld();
    store = await startTestStore();
  });

  beforeEach(async () => {
    edition = await world.edition();
    await edition.declare(await edition.build());
    plan = await edition.begin();
  });

  after(async () => {
    await store.close();
    await world.close();
  });

  const lease = <T>(timing: WriterTiming, work: (place: WriterLease) => Promise<T>): Promise<T> =>
    withWriterLease(
      { knex: world.knex, logger: silent, wake: () => Promise.resolve(), timing },
      { plan, work: copyWork, signal: new AbortController().signal },
      async (place) => ({ record: 'copied' as const, result: await work(place) }),
    );
  const write = (key: string, { mayWrite }: WriterLease): Promise<void> =>
    store.store.putEmpty({
      bucket: store.bucket,
      key,
      headers: { system: {}, metadata: {} },
      acl: null,
      gate: mayWrite,
    });
  const sent = (key: string) => store.server.faults.log().filter((entry) => entry.key === key);

  it('continues to write when the freeze is shorter than its lease', async () => {
    const timing = { lease: 60_000, checkInterval: 50, maxWrite: 1_000 };
    await lease(timing, async (place) => {
      const thaw = await freezePostgres(world.knex);
      try {
        for (let count = 0; count < 10; count += 1) {
          await sleep(timing.checkInterval);
          await write('short', place);
        }
      } finally {
        thaw();
      }
      await write('short', place);
      assert.equal(place.signal.aborted, false);
    });
    assert.equal(sent('short').length, 11);
    assert.equal((await edition.row()).phase, 'copied');
  });

  it('sends nothing after its lease; its successor writes after its last request has arrived', async () => {
    const timing = { lease: 1_000, checkInterval: 100, maxWrite: 3_000 };
    let successor: Promise<void> | undefined;
    const overtaken = lease(timing, async (place) => {
      const thaw = await freezePostgres(world.knex);
      try {
        await eventually('the lease to run out', () => codeOf(write('predecessor', place)));
        const { length } = sent('predecessor');
        assert.equal(await codeOf(write('predecessor', place)), 'unavailable');
        assert.equal(sent('predecessor').length, length);
      } finally {
        thaw();
      }
      successor = lease(timing, (next) => write('successor', next));
      // It may write again until it learns that another writer has the lease.
      await eventually('the loss', async () => (await codeOf(write('predecessor', place))) === 'plan_void');
      await successor;
    });
    await assert.rejects(overtaken, { code: 'plan_void' });
    const [first] = sent('successor');
    assert.ok(first);
    for (const { answered } of sent('predecessor')) assert.ok(answered < first.arrived);
  });
});

const silent = { warn: () => undefined, info: () => undefined };

/** The code of a failed request; undefined when it succeeded. */
async function codeOf(request: Promise<void>): Promise<string | undefined> {
  try {
    await request;
    return undefined;
  } catch (error) {
    assert.ok(error instanceof LtdError);
    return error.code;
  }
}
