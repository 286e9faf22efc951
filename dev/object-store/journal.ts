import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';

const newline = 0x0a;

/** An append-only file of JSON lines. */
export type Journal<T> = {
  /**
   * Returns once the operating system has the records, so they survive a `kill -9` but not a power cut. A failed append
   * leaves the file unchanged. The write is synchronous, so that no reader sees an unrecorded change.
   */
  readonly append: (records: readonly T[]) => void;
  readonly close: () => void;
};

/**
 * Reads the records of a journal in order. It drops a last line without a newline: a crash cut it, and no client got an
 * answer. Throws when an earlier line is not JSON.
 */
export function readJournal(path: string): unknown[] {
  if (!existsSync(path)) return [];
  const bytes = readFileSync(path);
  const records: unknown[] = [];
  let start = 0;
  for (let end = bytes.indexOf(newline, start); end !== -1; end = bytes.indexOf(newline, start)) {
    records.push(parseLine(bytes.toString('utf8', start, end), { path, line: records.length + 1 }));
    start = end + 1;
  }
  return records;
}

function parseLine(text: string, at: { path: string; line: number }): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(
      `Line ${at.line} of the object store's journal ${at.path} is not JSON. Remove the folder to start empty.`,
      { cause },
    );
  }
}

/** Replaces the journal by `records` atomically, and opens it for appending. */
export function startJournal<T>(path: string, records: Iterable<T>): Journal<T> {
  const descriptor = openSync(`${path}.new`, 'w', 0o600);
  let size = 0;
  let isClosed = false;
  let batch: T[] = [];
  const append = (appended: readonly T[]): void => {
    // The number of a closed descriptor may belong to another file.
    if (isClosed) throw new Error('The journal is closed.');
    const bytes = Buffer.from(appended.map((record) => `${JSON.stringify(record)}\n`).join(''), 'utf8');
    try {
      writeFully(descriptor, bytes, size);
    } catch (error) {
      ftruncateSync(descriptor, size);
      throw error;
    }
    size += bytes.length;
  };
  for (const record of records) {
    if (batch.push(record) < 1_000) continue;
    append(batch);
    batch = [];
  }
  append(batch);
  fsyncSync(descriptor);
  renameSync(`${path}.new`, path);
  return {
    append,
    close: () => {
      isClosed = true;
      closeSync(descriptor);
    },
  };
}

function writeFully(descriptor: number, bytes: Buffer, position: number): void {
  let written = 0;
  while (written < bytes.length) {
    written += writeSync(descriptor, bytes, written, bytes.length - written, position + written);
  }
}
