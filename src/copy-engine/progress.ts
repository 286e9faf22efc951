import { type CopyCounts, noCounts } from '../domain/copy-counts.js';
import type { CopyPass } from '../domain/copy-passes.js';

/** An object under way, with what it adds to the counts once it is done. */
export interface Ticket {
  /** Where the cursor stands once this one and all before it are done. */
  cursor: string;
  isDone: boolean;
  objects: number;
  unchanged: number;
  bytes: number;
}

type Tally = Pick<Ticket, 'objects' | 'unchanged' | 'bytes'>;

/**
 * Counts a copy in two ways: what is done (for display), and what is done of all keys up to a cursor (to go on from).
 * Objects end in any order; the cursor moves over those that have ended, in key order, up to the first that has not.
 * Whoever watches asks when it likes: counting an object allocates next to nothing.
 */
export class CopyProgress {
  #pass: CopyPass;
  #cursor: string | null;
  /** What is done up to the cursor. */
  readonly #reached: Tally;
  /** The last point whose cursor could be told, where the present one is too long for that. */
  #kept: Checkpoint | null = null;
  readonly #done: Tally;
  #objectsTotal: number;
  #bytesTotal: number;
  /** Copies between the cursor and the newest, in order; the first is still under way. */
  readonly #open: Ticket[] = [];

  /** @param resumed - where an earlier attempt had got to. */
  constructor(resumed?: Checkpoint) {
    const { pass, cursor, counts } = resumed ?? { pass: 'assets', cursor: null, counts: noCounts };
    this.#pass = pass;
    this.#cursor = cursor;
    this.#reached = tallyOf(counts);
    this.#done = tallyOf(counts);
    this.#objectsTotal = counts.objects_total;
    this.#bytesTotal = counts.bytes_total;
  }

  get pass(): CopyPass {
    return this.#pass;
  }

  get cursor(): string | null {
    return this.#cursor;
  }

  get checkpoint(): Checkpoint {
    return this.#kept ?? { pass: this.#pass, cursor: this.#cursor, counts: this.#countsOf(this.#reached) };
  }

  get counts(): CopyCounts {
    return this.#countsOf(this.#done);
  }

  /** How many copies there are between the cursor and the newest key: what a crash has to be done again at most. */
  get openCopies(): number {
    return this.#open.length;
  }

  /** All keys of the last pass are done. */
  beginPass(pass: CopyPass): void {
    this.#pass = pass;
    this.#cursor = null;
    this.#kept = null;
  }

  /** Goes past a key, and past so many objects of this pass that are right as they are. */
  goPast(key: string, unchanged: number): void {
    const newest = this.#open.at(-1);
    if (newest === undefined) this.#moveTo(key);
    else newest.cursor = key;
    if (unchanged > 0) this.countUnchanged(unchanged);
  }

  /** So many objects of this pass, up to the newest key, are right as they are. */
  countUnchanged(unchanged: number): void {
    this.#done.objects += unchanged;
    this.#done.unchanged += unchanged;
    const tally = this.#open.at(-1) ?? this.#reached;
    tally.objects += unchanged;
    tally.unchanged += unchanged;
  }

  /** Takes the next key to copy. */
  begin(key: string): Ticket {
    const ticket: Ticket = { cursor: key, isDone: false, objects: 1, unchanged: 0, bytes: 0 };
    this.#open.push(ticket);
    return ticket;
  }

  /** The object of a ticket is copied. */
  end(ticket: Ticket, bytes: number): void {
    ticket.isDone = true;
    ticket.bytes = bytes;
    this.#done.objects += 1;
    this.#done.bytes += bytes;
    if (this.#open[0] === ticket) this.#advance();
  }

  /** So many objects are known of the build. */
  countTotal(objects: number, bytes: number): void {
    this.#objectsTotal = objects;
    this.#bytesTotal = bytes;
  }

  #advance(): void {
    let ended = 0;
    for (const ticket of this.#open) {
      if (!ticket.isDone) break;
      this.#moveTo(ticket.cursor);
      this.#reached.objects += ticket.objects;
      this.#reached.unchanged += ticket.unchanged;
      this.#reached.bytes += ticket.bytes;
      ended += 1;
    }
    this.#open.splice(0, ended);
  }

  #moveTo(cursor: string): void {
    this.#kept = isShortCursor(cursor) ? null : this.checkpoint;
    this.#cursor = cursor;
  }

  #countsOf({ objects, unchanged, bytes }: Tally): CopyCounts {
    return {
      ...noCounts,
      objects_total: this.#objectsTotal,
      bytes_total: this.#bytesTotal,
      objects_done: objects,
      objects_unchanged: unchanged,
      bytes_done: bytes,
    };
  }
}

function tallyOf(counts: CopyCounts): Tally {
  return {
    objects: counts.objects_done,
    unchanged: counts.objects_unchanged,
    bytes: counts.bytes_done,
  };
}

/**
 * Where a copy of one build to one place can go on after a crash. Plain data of less than 2 KiB. It means nothing for
 * another build or another destination.
 */
export interface Checkpoint {
  readonly pass: CopyPass;
  /** Every key of the pass up to this one (without the prefix) is done; null before the first. */
  readonly cursor: string | null;
  /** What was counted for the keys that are done, so that a resumed total is exact. */
  readonly counts: CopyCounts;
}

/** A cursor longer than this, in characters of JSON, is not kept: the heartbeat that carries it has to stay small. */
const maxCursor = 1_400;

/** Whether a key is short enough to be told in a heartbeat. */
export function isShortCursor(key: string): boolean {
  // JSON makes six characters of one at most.
  return key.length * 6 <= maxCursor || JSON.stringify(key).length <= maxCursor;
}
