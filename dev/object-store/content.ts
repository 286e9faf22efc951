import { createHash } from 'node:crypto';
import type { BlobStore } from './blob-store.js';
import { startChecksum } from './checksum.js';
import type { ChecksumAlgorithm, Slice } from './stored-object.js';

/** The bytes `start` to `end` (exclusive) of a body, as slices: no byte is read or copied. */
export function cutSlices(slices: readonly Slice[], start: number, end: number): readonly Slice[] {
  const cut: Slice[] = [];
  let position = 0;
  for (const slice of slices) {
    const from = Math.max(start, position);
    const to = Math.min(end, position + slice.length);
    if (from < to) cut.push({ blob: slice.blob, offset: slice.offset + from - position, length: to - from });
    position += slice.length;
  }
  return cut;
}

/** Reads slices one after the other. */
export async function* readSlices(blobs: BlobStore, slices: readonly Slice[]): AsyncGenerator<Buffer> {
  for (const slice of slices) yield* blobs.read(slice);
}

/** The MD5 of a body in hex, and a checksum of it in base64 where one is asked for. Reads all of it. */
export async function digestOf(
  blobs: BlobStore,
  slices: readonly Slice[],
  algorithm?: ChecksumAlgorithm,
): Promise<{ md5: string; checksum: string | undefined }> {
  const md5 = createHash('md5');
  const checksum = algorithm === undefined ? undefined : startChecksum(algorithm);
  for await (const chunk of readSlices(blobs, slices)) {
    md5.update(chunk);
    checksum?.update(chunk);
  }
  return { md5: md5.digest('hex'), checksum: checksum?.digest() };
}
