import type { CopyCounts } from './copy-counts.js';

/** The current speed of a copy, with the names of `metadata` in `queue_url`. */
export interface CopySpeed {
  /** Objects copied or found unchanged. */
  readonly objects_per_second: number;
  /** Bytes of the copied objects. */
  readonly bytes_per_second: number;
  /** Seconds until the copy ends at this speed; null if nothing moves or the end is not known. */
  readonly eta_seconds: number | null;
}

/** The speed before the first measurement. */
export const noSpeed: CopySpeed = { objects_per_second: 0, bytes_per_second: 0, eta_seconds: null };

interface Sample {
  readonly at: number;
  readonly objects: number;
  readonly bytes: number;
}

/** Measures a copy's speed over the last seconds from sampled counts. */
export class SpeedMeter {
  readonly #span: number;
  #samples: Sample[] = [];

  /** @param span - the measured period in milliseconds. */
  constructor(span = 10_000) {
    this.#span = span;
  }

  /** Returns the speed up to `at`, in milliseconds of a monotonic clock. */
  measure(at: number, counts: CopyCounts): CopySpeed {
    const { objects_done: objects, bytes_done: bytes, objects_total: total } = counts;
    this.#samples.push({ at, objects, bytes });
    // Keep one sample from before the span: the measurement starts there.
    const begin = this.#samples.findLastIndex((sample) => sample.at <= at - this.#span);
    if (begin > 0) this.#samples.splice(0, begin);
    const [first = { at, objects, bytes }] = this.#samples;
    const seconds = (at - first.at) / 1_000;
    if (seconds <= 0) return noSpeed;
    const rate = (objects - first.objects) / seconds;
    return {
      objects_per_second: Math.max(0, Math.round(rate)),
      bytes_per_second: Math.max(0, Math.round((bytes - first.bytes) / seconds)),
      eta_seconds: rate > 0 && total >= objects ? Math.ceil((total - objects) / rate) : null,
    };
  }
}
