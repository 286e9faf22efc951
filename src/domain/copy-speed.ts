import type { CopyCounts } from './copy-counts.js';

/** How fast a copy goes at the moment, in the words of `metadata` in `queue_url`. */
export interface CopySpeed {
  /** Objects found or made right. */
  readonly objects_per_second: number;
  /** Of what was copied. */
  readonly bytes_per_second: number;
  /** Until all objects are right at this speed; null where nothing moves or the end is not known. */
  readonly eta_seconds: number | null;
}

/** Before anything was measured. */
export const noSpeed: CopySpeed = { objects_per_second: 0, bytes_per_second: 0, eta_seconds: null };

interface Sample {
  readonly at: number;
  readonly objects: number;
  readonly bytes: number;
}

/** Measures the speed over the last seconds from counts that are looked at now and then. */
export class SpeedMeter {
  readonly #span: number;
  #samples: Sample[] = [];

  /** @param span - milliseconds that the speed is taken over. */
  constructor(span = 10_000) {
    this.#span = span;
  }

  /** The speed up to now. `at` is in milliseconds of a clock that never goes back. */
  measure(at: number, counts: CopyCounts): CopySpeed {
    const { objects_done: objects, bytes_done: bytes, objects_total: total } = counts;
    this.#samples.push({ at, objects, bytes });
    // One sample from before the span stays: the speed is measured from there.
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
