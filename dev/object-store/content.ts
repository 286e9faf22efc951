import { createHash } from 'node:crypto';
import type { BlobStore } from './blob-store.js';
import { startChecksum } from './checksum.js';
import type { ChecksumAlgorithm, Slice } from './stored-object.js';

/** Returns the bytes `start` to `end` (exclusive) of a body as slices, without reading a byte. */
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

export async function* readSlices(blobs: BlobStore, slices: readonly Slice[]): AsyncGenerator<Buffer> {
  for (const slice of slices) yield* blobs.read(slice);
}

/** Reads a body; returns its MD5 in hex and, when `algorithm` is set, its checksum in base64. */
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
