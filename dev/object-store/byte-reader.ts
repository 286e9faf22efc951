import { S3Error } from './s3-error.js';

const CRLF = Buffer.from('\r\n');

/** Reads a stream of chunks by lines and by counts. */
export type ByteReader = {
  /** The next line, without its CRLF, as Latin-1. Throws `IncompleteBody` at the end of the stream. */
  readonly readLine: (maxLength: number) => Promise<string>;
  /** Up to `count` bytes, at least one. Throws `IncompleteBody` at the end of the stream. */
  readonly readUpTo: (count: number) => Promise<Buffer>;
  /** Whatever comes next; `undefined` at the end of the stream. */
  readonly readAny: () => Promise<Buffer | undefined>;
  /** Lets go of the stream, read to its end or not. */
  readonly release: () => Promise<void>;
};

/** Creates a reader over `chunks`. */
export function createByteReader(chunks: AsyncIterable<Buffer>): ByteReader {
  const source = chunks[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const pull = async (): Promise<Buffer | undefined> => {
    const next = await source.next();
    return next.done === true ? undefined : next.value;
  };
  const readAny = async (): Promise<Buffer | undefined> => {
    const bytes = held;
    held = Buffer.alloc(0);
    return bytes.length > 0 ? bytes : pull();
  };
  return {
    readAny,
    release: async () => {
      await source.return?.();
    },
    readUpTo: async (count) => {
      const bytes = await readAny();
      if (bytes === undefined) throw new S3Error('IncompleteBody');
      held = bytes.subarray(count);
      return bytes.subarray(0, count);
    },
    readLine: async (maxLength) => {
      for (;;) {
        const end = held.indexOf(CRLF);
        if (end !== -1 && end <= maxLength) {
          const line = held.toString('latin1', 0, end);
          held = held.subarray(end + CRLF.length);
          return line;
        }
        if (held.length > maxLength) throw new S3Error('InvalidRequest', 'A line of the body is too long.');
        const more = await pull();
        if (more === undefined) throw new S3Error('IncompleteBody');
        held = held.length === 0 ? more : Buffer.concat([held, more]);
      }
    },
  };
}
