import { S3Error } from './s3-error.js';

const lineBreak = Buffer.from('\r\n');

/** Reads a stream of chunks by lines and by counts. */
export type ByteReader = {
  /** The next line, without its line break, as Latin-1. Throws `IncompleteBody` at the end of the stream. */
  readonly readLine: (maxLength: number) => Promise<string>;
  /** Up to `count` bytes, at least one. Throws `IncompleteBody` at the end of the stream. */
  readonly readUpTo: (count: number) => Promise<Buffer>;
  /** Exactly `count` bytes. Throws `IncompleteBody` at the end of the stream. */
  readonly readExactly: (count: number) => Promise<Buffer>;
  /** Everything before the next `delimiter`, which it skips. Throws `IncompleteBody` when there is none. */
  readonly readUntil: (delimiter: Buffer) => AsyncGenerator<Buffer, void, undefined>;
  /** The next bytes, of any number; `undefined` at the end of the stream. */
  readonly readAny: () => Promise<Buffer | undefined>;
  /** Releases the stream, read to its end or not. */
  readonly release: () => Promise<void>;
};

export function createByteReader(chunks: AsyncIterable<Buffer>, initial: Buffer = Buffer.alloc(0)): ByteReader {
  const source = chunks[Symbol.asyncIterator]();
  let held = initial;
  const pull = async (): Promise<Buffer | undefined> => {
    const next = await source.next();
    return next.done === true ? undefined : next.value;
  };
  const readAny = async (): Promise<Buffer | undefined> => {
    const bytes = held;
    held = Buffer.alloc(0);
    return bytes.length > 0 ? bytes : pull();
  };
  const grow = async (): Promise<void> => {
    const more = await pull();
    if (more === undefined) throw new S3Error('IncompleteBody');
    held = held.length === 0 ? more : Buffer.concat([held, more]);
  };
  const take = (count: number): Buffer => {
    const taken = held.subarray(0, count);
    held = held.subarray(count);
    return taken;
  };
  return {
    readAny,
    release: async () => {
      await source.return?.();
    },
    readUpTo: async (count) => {
      if (held.length === 0) await grow();
      return take(count);
    },
    readExactly: async (count) => {
      while (held.length < count) await grow();
      return take(count);
    },
    readLine: async (maxLength) => {
      for (;;) {
        const end = held.indexOf(lineBreak);
        if (end !== -1 && end <= maxLength) return take(end + lineBreak.length).toString('latin1', 0, end);
        if (held.length > maxLength) throw new S3Error('InvalidRequest', 'A line of the body is too long.');
        await grow();
      }
    },
    readUntil: async function* (delimiter) {
      for (let end = held.indexOf(delimiter); ; end = held.indexOf(delimiter)) {
        if (end !== -1) {
          const last = take(end + delimiter.length).subarray(0, end);
          if (last.length > 0) yield last;
          return;
        }
        // The last bytes may be the beginning of the delimiter.
        const certain = held.length - delimiter.length + 1;
        if (certain > 0) yield take(certain);
        await grow();
      }
    },
  };
}
