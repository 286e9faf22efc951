import { type CopyCounts, noCounts } from '../domain/copy-counts.js';
import { type Checkpoint, type CopyPass, longestCursor } from './checkpoint.js';

/** What one object adds to the counts. */
export type Gain = Pick<CopyCounts, 'objects_done' | 'objects_unchanged' | 'bytes_done'>;

/** For an object that another pass deals with. */
export const noGain: Gain = { objects_done: 0, objects_unchanged: 0, bytes_done: 0 };

/** An object under way. */
interface Ticket {
  readonly key: string;
  gain: Gain | null;
}

/** Tells whoever started the copy. Called often (after each object): it has to be cheap. */
export type ProgressListener = (checkpoint: Checkpoint, counts: CopyCounts) => void;

/**
 * Counts a copy in two ways: what is done (for display), and what is done of all keys up to a cursor (to go on from).
 * Objects end in any order; the cursor moves over those that have ended, in key order, up to the first that has not.
 */
export class CopyProgress {
  readonly #listener: ProgressListener;
  /** What is done up to the cursor. */
  #reached: Checkpoint;
  /** The last {@link #reached} that is small enough to be kept. */
  #checkpoint: Checkpoint;
  #counts: CopyCounts;
  /** Keys between the cursor and the newest, in order; the first is still under way. */
  #open: Ticket[] = [];

  constructor(resumed: Checkpoint | undefined, listener: ProgressListener) {
    this.#reached = resumed ?? { pass: 'assets', cursor: null, counts: noCounts };
    this.#checkpoint = this.#reached;
    this.#counts = this.#reached.counts;
    this.#listener = listener;
  }

  get checkpoint(): Checkpoint {
    return this.#checkpoint;
  }

  get counts(): CopyCounts {
    return this.#counts;
  }

  /** How many keys there are between the cursor and the newest. */
  get openKeys(): number {
    return this.#open.length;
  }

  /** All keys of the last pass are done. */
  beginPass(pass: CopyPass): void {
    this.#reach({ pass, cursor: null, counts: this.#reached.counts });
    this.#report();
  }

  /** Takes the next key; the returned function says that it is done. */
  begin(key: string): (gain: Gain) => void {
    const ticket: Ticket = { key, gain: null };
    this.#open.push(ticket);
    return (gain) => {
      ticket.gain = gain;
      this.#counts = add(this.#counts, gain);
      if (this.#open[0] === ticket) this.#advance();
      if (gain !== noGain) this.#report();
    };
  }

  /** More objects of the build were found; the number is final once `isComplete`. */
  countTotal(objects: number, isComplete: boolean): void {
    this.#counts = { ...this.#counts, objects_total: objects };
    if (isComplete) {
      this.#reached = { ...this.#reached, counts: { ...this.#reached.counts, objects_total: objects } };
      this.#checkpoint = {
        ...this.#checkpoint,
        counts: { ...this.#checkpoint.counts, objects_total: objects },
      };
    }
    this.#report();
  }

  #advance(): void {
    let { counts, cursor } = this.#reached;
    let done = 0;
    for (const ticket of this.#open) {
      if (ticket.gain === null) break;
      counts = add(counts, ticket.gain);
      cursor = ticket.key;
      done += 1;
    }
    this.#open.splice(0, done);
    this.#reach({ ...this.#reached, cursor, counts });
  }

  #reach(point: Checkpoint): void {
    this.#reached = point;
    if (point.cursor === null || JSON.stringify(point.cursor).length <= longestCursor)
      this.#checkpoint = point;
  }

  #report(): void {
    this.#listener(this.#checkpoint, this.#counts);
  }
}

function add(counts: CopyCounts, gain: Gain): CopyCounts {
  return {
    ...counts,
    objects_done: counts.objects_done + gain.objects_done,
    objects_unchanged: counts.objects_unchanged + gain.objects_unchanged,
    bytes_done: counts.bytes_done + gain.bytes_done,
  };
}
