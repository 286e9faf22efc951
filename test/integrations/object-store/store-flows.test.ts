import assert from 'node:assert/strict';
import type { Admission, RequestKind, Turn } from '../../../src/integrations/object-store/admission.js';
import type { ObjectStore } from '../../../src/integrations/object-store/object-store.js';
import type { Clock } from '../../../src/integrations/object-store/request-clock.js';
import {
  createStoreFlows,
  type FlowOptions,
  type StoreFlow,
  withFlow,
} from '../../../src/integrations/object-store/store-flows.js';

/** Time that advances only when a test says so. */
class FakeClock implements Clock {
  #now = 1_000;
  #timers: { readonly at: number; readonly callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  later(delay: number, callback: () => void): void {
    this.#timers.push({ at: this.#now + delay, callback });
  }

  pass(time: number): void {
    this.#now += time;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { callback } of due) callback();
  }
}

describe('createStoreFlows', () => {
  let clock: FakeClock;
  /** The flows whose requests were admitted, in order, and how each request ends. */
  let begun: { readonly name: string; readonly turn: Turn }[];
  let open: (name: string, options?: FlowOptions) => { readonly flow: StoreFlow; readonly admission: Admission };
  let ask: (flow: string, kind?: RequestKind) => void;
  let settle: () => Promise<void>;

  const setUp = (maxConcurrency: number): void => {
    clock = new FakeClock();
    begun = [];
    const admissions = new Map<string, Admission>();
    let latest: Admission | undefined;
    const flows = createStoreFlows({
      maxConcurrency,
      clock,
      connect: (admission) => {
        latest = admission;
        return {} as ObjectStore; // the tests enter flows directly, so nothing is sent
      },
    });
    open = (name, options) => {
      const flow = flows.open(name, options);
      assert.ok(latest);
      admissions.set(name, latest);
      return { flow, admission: latest };
    };
    ask = (name, kind = 'write') => {
      const entered = admissions.get(name)?.enter({ kind, cost: 1, gate: undefined });
      void entered?.then((turn) => begun.push({ name, turn }));
    };
    settle = () => new Promise((resolve) => setImmediate(resolve));
  };

  const names = (): string[] => begun.map(({ name }) => name);

  it('admits as many requests as the store may have, and the next when one has ended', async () => {
    setUp(2);
    open('a');
    for (let count = 0; count < 3; count += 1) ask('a');
    await settle();
    assert.deepEqual(names(), ['a', 'a']);
    begun[0]?.turn.end('answered');
    await settle();
    assert.deepEqual(names(), ['a', 'a', 'a']);
  });

  it('lets waiting flows take turns, however many requests each has', async () => {
    setUp(1);
    for (const name of ['large', 'small', 'other']) open(name);
    for (let count = 0; count < 100; count += 1) ask('large');
    for (const name of ['small', 'small', 'other']) ask(name);
    for (let count = 0; count < 6; count += 1) {
      await settle();
      begun.at(-1)?.turn.end('answered');
    }
    assert.deepEqual(names().slice(0, 6), ['large', 'large', 'small', 'other', 'large', 'small']);
  });

  it('prefers normal flows to low ones, which still get some turns', async () => {
    setUp(1);
    open('audit', { priority: 'low' });
    open('copy');
    ask('copy');
    for (let count = 0; count < 40; count += 1) {
      ask('audit');
      ask('copy');
    }
    for (let count = 0; count < 34; count += 1) {
      await settle();
      begun.at(-1)?.turn.end('answered');
    }
    assert.deepEqual(
      names().flatMap((name, at) => (name === 'audit' ? [at] : [])),
      [15, 31],
    );
  });

  it('counts requests that read and requests that write separately', async () => {
    setUp(1);
    open('a');
    ask('a', 'write');
    ask('a', 'read');
    await settle();
    assert.equal(begun.length, 2);
  });

  it('gives no turn to a request that may not be sent any more', async () => {
    setUp(1);
    const { admission } = open('a');
    ask('a');
    const closed = new Error('overtaken');
    const forbidden = admission.enter({
      kind: 'write',
      cost: 1,
      gate: () => {
        throw closed;
      },
    });
    ask('a');
    await settle();
    begun[0]?.turn.end('answered');
    await assert.rejects(forbidden, (error) => error === closed);
    await settle();
    assert.equal(begun.length, 2);
  });

  it('returns the place of a turn that was not used', async () => {
    setUp(1);
    open('a');
    ask('a');
    ask('a');
    await settle();
    begun[0]?.turn.end('unsent');
    await settle();
    assert.equal(begun.length, 2);
  });

  it('paces requests after refusals, and reports since when the store throttles it', async () => {
    setUp(64);
    const { flow } = open('a');
    for (let count = 0; count < 32; count += 1) ask('a');
    await settle();
    clock.pass(50);
    for (const { turn } of begun.slice(0, 31)) turn.end('answered');
    begun[31]?.turn.end('refused');
    for (let count = 0; count < 500; count += 1) ask('a');
    await settle();
    const since = clock.now();
    const sent = begun.length;
    assert.equal(flow.pressure().waitsFor, 'throttled');
    clock.pass(20);
    await settle();
    assert.ok(begun.length > sent, 'the pace admits some requests without an answer');
    assert.equal(flow.pressure().waitsFor, 'throttled');
    assert.equal(flow.pressure().since, since);
  });

  it('reports which flows have their share, and how many requests are in flight', async () => {
    setUp(2);
    const [a, b] = [open('a').flow, open('b').flow];
    ask('a');
    ask('a');
    clock.pass(5);
    ask('b');
    await settle();
    assert.deepEqual(a.pressure(), { inFlight: 2, window: 2, waitsFor: null, since: null, progress: 0 });
    assert.deepEqual(b.pressure(), { inFlight: 0, window: 2, waitsFor: 'busy', since: 1_005, progress: 0 });
  });

  it('waits for no other flow while only its own requests are in flight', async () => {
    setUp(1);
    const { flow } = open('a');
    ask('a');
    ask('a');
    await settle();
    assert.equal(flow.pressure().waitsFor, null);
  });

  it('counts ended attempts as progress, and those of other flows only while it waits for its turn', async () => {
    setUp(2);
    const [a, b] = [open('a').flow, open('b').flow];
    ask('a');
    ask('a');
    await settle();
    begun[0]?.turn.end('answered');
    assert.deepEqual([a.pressure().progress, b.pressure().progress], [1, 0]);
    ask('a');
    ask('b');
    ask('b');
    await settle();
    const waiting = b.pressure().progress;
    begun[1]?.turn.end('answered');
    await settle();
    assert.ok(b.pressure().progress > waiting, 'an attempt of another flow made room for one of its own');
    begun[2]?.turn.end('answered');
    await settle();
    // All its requests are in flight: the attempts of other flows are not its progress any more.
    assert.equal(b.pressure().progress, 0);
  });

  it('admits no requests after it is closed, however its work ends', async () => {
    setUp(1);
    const kept: Admission[] = [];
    const flows = createStoreFlows({
      maxConcurrency: 1,
      clock,
      connect: (admission) => {
        kept.push(admission);
        return {} as ObjectStore; // as above
      },
    });
    const failure = new Error('failed');
    await assert.rejects(
      withFlow(flows, { name: 'copy 1' }, () => Promise.reject(failure)),
      (error) => error === failure,
    );
    await assert.rejects(async () => kept[0]?.enter({ kind: 'read', cost: 1, gate: undefined }), /"copy 1" is closed/);
  });
});
