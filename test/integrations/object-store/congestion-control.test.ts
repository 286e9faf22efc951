import assert from 'node:assert/strict';
import { CongestionControl } from '../../../src/integrations/object-store/congestion-control.js';
import { simulateStore } from './simulated-store.js';

const roundTrip = 50;

describe('congestion control', () => {
  /** Ends this many requests over several round trips, each as full as the window. */
  const trips = (control: CongestionControl, count: number, from = 0): number => {
    let now = from;
    for (let trip = 0; trip < count; trip += 1) {
      const inFlight = control.window;
      now += roundTrip;
      for (let ended = 0; ended < inFlight; ended += 1)
        control.ended(now, { sentAt: now - roundTrip, cost: 1, outcome: 'answered', wasFull: true });
    }
    return now;
  };

  it('begins with few requests in flight and doubles them with each round trip', () => {
    const control = new CongestionControl(512);
    const windows = [control.window];
    for (let trip = 0; trip < 5; trip += 1) {
      trips(control, 1);
      windows.push(control.window);
    }
    assert.deepEqual(windows, [32, 64, 128, 256, 512, 512]);
  });

  it('keeps requests in flight within the configured maximum, also at the beginning', () => {
    const control = new CongestionControl(8);
    assert.equal(control.delay(0, 7), 0);
    assert.equal(control.delay(0, 8), Number.POSITIVE_INFINITY);
  });

  it('keeps the window when requests did not fill it', () => {
    const control = new CongestionControl(512);
    control.ended(roundTrip, { sentAt: 0, cost: 1, outcome: 'answered', wasFull: false });
    assert.equal(control.window, 32);
  });

  it('halves the window once per round trip when requests time out, and recovers step by step', () => {
    const control = new CongestionControl(512);
    let now = trips(control, 3);
    assert.equal(control.window, 256);
    for (let lost = 0; lost < 200; lost += 1)
      control.ended(now, { sentAt: now - 10_000, cost: 1, outcome: 'unanswered', wasFull: true });
    assert.equal(control.window, 128);
    assert.equal(control.rate(now), null, 'timeouts set no rate');
    now = trips(control, 1, now);
    assert.equal(control.window, 135);
    control.ended(now + 1, { sentAt: now, cost: 1, outcome: 'unanswered', wasFull: true });
    assert.equal(control.window, 67);
  });

  it('keeps sending some requests when none is answered', () => {
    const control = new CongestionControl(512);
    for (let second = 1; second < 20; second += 1)
      control.ended(second * 1_000, {
        sentAt: second * 1_000 - 1,
        cost: 1,
        outcome: 'unanswered',
        wasFull: true,
      });
    assert.equal(control.window, 4);
    assert.ok(control.isHeldBack);
  });

  it('sets a rate after the first refusal, slightly below the rate that the store answered', () => {
    const control = new CongestionControl(512);
    const now = trips(control, 10);
    control.ended(now, { sentAt: now - roundTrip, cost: 1, outcome: 'refused', wasFull: true });
    const rate = control.rate(now) ?? 0;
    assert.ok(rate > 5_000 && rate < 10_240, `${rate}`);
    assert.equal(control.window, 512, 'the rate, not the window, limits requests in flight');
    assert.ok(control.delay(now, 0) > 0);
    assert.equal(control.delay(now + 50, 0), 0);
  });

  it('counts a request about many objects as that many, and sends it whole', () => {
    const control = new CongestionControl(512);
    const now = trips(control, 10);
    control.ended(now, { sentAt: now - roundTrip, cost: 1, outcome: 'refused', wasFull: true });
    assert.equal(control.delay(now + 50, 0), 0);
    control.sent(1_000);
    const delay = control.delay(now + 50, 0);
    assert.ok(delay > 50, `${delay}`);
    control.unsent(1_000);
    assert.equal(control.delay(now + 50, 0), 0);
  });

  describe('congestion control at a store that refuses above a rate', () => {
    for (const [limit, roundTripTime] of [
      [3_500, 20],
      [3_500, 50],
      [3_500, 100],
      [5_500, 50],
      [200, 50],
    ] as const) {
      it(`holds nine tenths of ${limit} a second at ${roundTripTime} ms with few refusals`, () => {
        const seen = simulateStore({ limit: () => limit, roundTrip: roundTripTime, seconds: 60 });
        assert.ok(seen.answered / 60 > 0.9 * limit, `${seen.answered / 60} a second`);
        assert.ok(seen.refused / (seen.answered + seen.refused) < 0.02, `${seen.refused} refused`);
      });
    }

    it('adapts to a rate that the store lowers or raises', () => {
      const limit = (second: number): number => (second < 20 ? 3_500 : second < 40 ? 1_000 : 4_000);
      const { perSecond } = simulateStore({ limit, roundTrip, seconds: 70 });
      const mean = (from: number, to: number): number =>
        perSecond.slice(from, to).reduce((sum, count) => sum + count, 0) / (to - from);
      assert.ok(mean(25, 40) > 900 && mean(25, 40) < 1_050, `${mean(25, 40)}`);
      assert.ok(mean(60, 70) > 3_400, `${mean(60, 70)}`);
    });

    it('sends few requests while all are refused, and recovers within half a minute', () => {
      const limit = (second: number): number => (second >= 10 && second < 15 ? 0 : 3_500);
      const { perSecond } = simulateStore({ limit, roundTrip, seconds: 50 });
      assert.equal(perSecond[13], 0);
      assert.ok((perSecond[45] ?? 0) > 3_000, `${perSecond[45]}`);
    });
  });

  it('uses the whole capacity of a store that refuses nothing', () => {
    const { perSecond, refused } = simulateStore({ limit: () => 1e9, roundTrip, seconds: 5 });
    assert.equal(refused, 0);
    assert.ok((perSecond[4] ?? 0) > (0.95 * 512 * 1_000) / roundTrip);
  });
});
