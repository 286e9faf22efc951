import { createSeededRandom } from '../../object-store/seeded-random.js';
import { type FaultKind, faultKinds } from './fault-kinds.js';

/** A fault that is to come. Milliseconds from the beginning of the faults. */
export interface PlannedFault {
  readonly at: number;
  readonly kind: FaultKind;
  /** How long it lasts; 0 for what is done in a moment. */
  readonly lasting: number;
  /** Chooses the victim among those there are then: from 0 to 1. */
  readonly victim: number;
}

/** The shortest and longest pause from one fault to the next. Milliseconds. */
const pause = { least: 1_000, most: 5_000 };

/** How long a fault lasts, in milliseconds, where it is not over at once. */
const durations: Partial<Readonly<Record<FaultKind, readonly [least: number, most: number]>>> = {
  'freeze a worker': [1_000, 8_000],
  'freeze a worker beyond its lease': [30_000, 65_000],
  'freeze an api': [1_000, 8_000],
  'freeze temporal': [1_000, 8_000],
  'freeze postgres': [1_000, 8_000],
  'freeze the object store': [1_000, 12_000],
  'the store says SlowDown': [2_000, 10_000],
  'the store answers 500': [2_000, 10_000],
  'the store cuts connections': [2_000, 10_000],
  'the store does not answer': [2_000, 12_000],
  'the store answers 200 with an error': [2_000, 10_000],
  'the store lists slowly': [2_000, 10_000],
  'the store lists short pages': [2_000, 10_000],
  'the store repeats pages': [2_000, 10_000],
  'the store denies access': [500, 3_000],
  'the store denies access to a key': [500, 3_000],
  'the bucket is gone': [500, 3_000],
  'the bucket is missing for long': [8_000, 15_000],
  'the store is full': [2_000, 10_000],
  'postgres has no connections left': [1_000, 6_000],
  'the cdn is down': [2_000, 15_000],
  'the cdn is slow': [2_000, 15_000],
  'the cdn answers garbage': [2_000, 15_000],
  'the receiver is down': [2_000, 15_000],
  'the receiver is slow': [2_000, 15_000],
  'the receiver answers garbage': [2_000, 15_000],
  'dasher is down': [2_000, 15_000],
  'dasher is slow': [2_000, 15_000],
  'dasher answers garbage': [2_000, 15_000],
  "the cdn's key expires": [5_000, 20_000],
  'the credentials provider answers 500': [6_000, 15_000],
  "a worker's clock jumps": [5_000, 20_000],
  "an api's clock jumps": [5_000, 20_000],
  "the store's clock jumps": [5_000, 20_000],
  "a worker's clock is an hour ahead": [5_000, 20_000],
  "an api's clock is an hour ahead": [5_000, 20_000],
  'reset the rebuild of a frozen writer': [34_000, 42_000],
  'pause an activity': [1_000, 10_000],
  'pause a rebuild': [1_000, 10_000],
  'hold the copy queue': [1_000, 10_000],
  'pause the schedule': [5_000, 20_000],
};

/**
 * The faults of a run: the same for the same seed, duration and kinds. Every kind comes once before any comes again,
 * and none lasts beyond the end.
 */
export function planFaults(
  seed: number,
  duration: number,
  kinds: readonly FaultKind[] = faultKinds,
): readonly PlannedFault[] {
  const random = createSeededRandom(seed);
  const between = ([least, most]: readonly [number, number]): number => Math.round(least + random() * (most - least));
  const planned: PlannedFault[] = [];
  let bag: FaultKind[] = [];
  for (let at = 0; ;) {
    at += between([pause.least, pause.most]);
    if (at >= duration) return planned;
    if (bag.length === 0) bag = shuffled(kinds, random);
    const kind = bag.pop() ?? 'kill a worker';
    const lasting = between(durations[kind] ?? [0, 0]);
    // What would not be over in time is over sooner.
    planned.push({ at, kind, lasting: Math.min(lasting, duration - at), victim: random() });
  }
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const mixed = [...values];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [one, two] = [mixed[last], mixed[other]];
    if (one !== undefined && two !== undefined) [mixed[last], mixed[other]] = [two, one];
  }
  return mixed;
}
