import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Slice } from './stored-object.js';

/** Bodies up to this size stay in memory while they arrive, and are written at once. */
const maxBytesInMemory = 1024 * 1024;

/** Immutable files named by the SHA-256 of their content. */
export type BlobStore = {
  /** Stores the bytes and returns their address (SHA-256 in hex) and count. Leaves nothing when `bytes` fails. */
  readonly write: (bytes: AsyncIterable<Buffer>) => Promise<{ blob: string; size: number }>;
  /** Reads a slice, in one piece when it is small. */
  readonly read: (slice: Slice) => AsyncIterable<Buffer>;
  /** Reads a slice whole. */
  readonly readWhole: (slice: Slice) => Promise<Buffer>;
  /** Deletes every blob outside `referenced`, and partial files of a crash. */
  readonly sweep: (referenced: ReadonlySet<string>) => void;
};

export function openBlobStore(folder: string): BlobStore {
  const incoming = join(folder, 'incoming');
  rmSync(incoming, { recursive: true, force: true });
  mkdirSync(incoming, { recursive: true });
  const shards = new Set(readdirSync(folder).filter((name) => name.length === 2));
  const present = new Set([...shards].flatMap((name) => readdirSync(join(folder, name))));
  let sequence = 0;
  const pathOf = (blob: string): string => join(folder, blob.slice(0, 2), blob);
  const keep = (temporary: string, blob: string): void => {
    const shard = blob.slice(0, 2);
    if (!shards.has(shard)) mkdirSync(join(folder, shard), { recursive: true });
    shards.add(shard);
    renameSync(temporary, pathOf(blob));
    present.add(blob);
  };
  return {
    write: async (bytes) => {
      sequence += 1;
      const body = await receive(bytes, join(incoming, String(sequence)));
      if (present.has(body.blob)) {
        if (body.file !== undefined) unlinkSync(body.file);
      } else {
        const file = body.file ?? join(incoming, String((sequence += 1)));
        if (body.file === undefined) writeFileSync(file, body.bytes);
        keep(file, body.blob);
      }
      return { blob: body.blob, size: body.size };
    },
    read: async function* (slice) {
      if (slice.length <= maxBytesInMemory) {
        yield await readSlice(pathOf(slice.blob), slice);
        return;
      }
      const options = { start: slice.offset, end: slice.offset + slice.length - 1 };
      yield* createReadStream(pathOf(slice.blob), options) as AsyncIterable<Buffer>;
    },
    readWhole: (slice) => readSlice(pathOf(slice.blob), slice),
    sweep: (referenced) => {
      for (const blob of [...present]) {
        if (referenced.has(blob)) continue;
        unlinkSync(pathOf(blob));
        present.delete(blob);
      }
    },
  };
}

type ReceivedBody = { blob: string; size: number } & ({ file: string } | { file?: undefined; bytes: Buffer });

/** Collects the bytes in memory while they are few, in the temporary file once they are many. */
async function receive(bytes: AsyncIterable<Buffer>, temporary: string): Promise<ReceivedBody> {
  const hash = createHash('sha256');
  const held: Buffer[] = [];
  let size = 0;
  let file: FileHandle | undefined;
  try {
    for await (const chunk of bytes) {
      hash.update(chunk);
      size += chunk.length;
      if (file === undefined) held.push(chunk);
      if (size <= maxBytesInMemory) continue;
      if (file !== undefined) await file.writeFile(chunk);
      file ??= await spill(held, temporary);
    }
  } catch (error) {
    if (file !== undefined) unlinkSync(temporary);
    throw error;
  } finally {
    await file?.close();
  }
  const blob = hash.digest('hex');
  return file === undefined ? { blob, size, bytes: Buffer.concat(held) } : { blob, size, file: temporary };
}

async function spill(held: Buffer[], temporary: string): Promise<FileHandle> {
  const file = await open(temporary, 'wx', 0o600);
  await file.writeFile(Buffer.concat(held.splice(0)));
  return file;
}

async function readSlice(path: string, slice: Slice): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.alloc(slice.length);
    const { bytesRead } = await file.read(bytes, 0, slice.length, slice.offset);
    if (bytesRead !== slice.length) throw new Error(`Blob ${slice.blob} is shorter than its object says.`);
    return bytes;
  } finally {
    await file.close();
  }
}
