import { CongestionControl } from '../../../src/integrations/object-store/congestion-control.js';

/** A store in simulated time under constant demand. */
export interface SimulatedStore {
  /** Requests that it answers in that second; like a token bucket, it allows a burst of one second's worth. */
  readonly limit: (second: number) => number;
  /** In milliseconds, plus or minus a tenth. */
  readonly roundTrip: number;
  readonly seconds: number;
}

/** The result of a simulation. */
export interface Simulation {
  readonly answered: number;
  readonly refused: number;
  /** Answered in each second. */
  readonly perSecond: readonly number[];
}

/** The step of the simulated time, in milliseconds. */
const step = 0.5;

type Event = { readonly sentAt: number; readonly outcome?: 'answered' | 'refused' };

/** Simulates congestion control against a store, without real time. */
export function simulateStore({ limit, roundTrip, seconds }: SimulatedStore): Simulation {
  const control = new CongestionControl(512);
  const events = new Map<number, Event[]>();
  const random = randomNumbers();
  const admit = tokenBucket(limit);
  const perSecond = Array.from({ length: seconds }, () => 0);
  let [inFlight, refused] = [0, 0];
  const later = (now: number, event: Event): void => {
    const at = Math.ceil((now + (roundTrip / 2) * (0.9 + random() / 5)) / step) * step;
    events.set(at, [...(events.get(at) ?? []), event]);
  };
  for (let now = 0; now < seconds * 1_000; now += step) {
    for (const { sentAt, outcome } of events.get(now) ?? []) {
      if (outcome === undefined) later(now, { sentAt, outcome: admit(now) ? 'answered' : 'refused' });
      else {
        const wasFull = inFlight >= control.window;
        inFlight -= 1;
        if (outcome === 'refused') refused += 1;
        else perSecond[Math.floor(now / 1_000)] = (perSecond[Math.floor(now / 1_000)] ?? 0) + 1;
        control.ended(now, { sentAt, cost: 1, outcome, wasFull });
      }
    }
    events.delete(now);
    while (control.delay(now, inFlight) === 0) {
      control.sent(1);
      inFlight += 1;
      later(now, { sentAt: now });
    }
  }
  return { answered: perSecond.reduce((sum, count) => sum + count, 0), refused, perSecond };
}

function tokenBucket(limit: SimulatedStore['limit']): (now: number) => boolean {
  let [tokens, at] = [limit(0), 0];
  return (now) => {
    const rate = limit(Math.floor(now / 1_000));
    tokens = Math.min(rate, tokens + ((now - at) / 1_000) * rate);
    at = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

/** A repeatable sequence of numbers from 0 to 1. */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 0x80000000;
    return state / 0x80000000;
  };
}
