import type { BlobStore } from './blob-store.js';
import { checksumAlgorithm, startChecksum } from './checksum.js';
import { digestOf } from './content.js';
import { S3Error } from './s3-error.js';
import type { StoredChecksum, StoredPart, StoredUpload } from './stored-object.js';

/**
 * Returns the checksum to compute for an upload. By default CRC-64/NVME covers the object and all others its parts
 * (AWS: CreateMultipartUpload, ChecksumType). Throws `InvalidRequest`.
 */
export function uploadChecksum(name: string | undefined, type: string | undefined): StoredUpload['checksum'] {
  if (name === undefined) return undefined;
  const algorithm = checksumAlgorithm(name);
  if (algorithm === undefined) throw new S3Error('InvalidRequest', `There is no checksum algorithm '${name}'.`);
  const canCoverObject = algorithm.startsWith('CRC');
  const canCoverParts = algorithm !== 'CRC64NVME';
  const chosen = type ?? (canCoverParts ? 'COMPOSITE' : 'FULL_OBJECT');
  if (chosen === 'FULL_OBJECT' && canCoverObject) return { algorithm, type: chosen };
  if (chosen === 'COMPOSITE' && canCoverParts) return { algorithm, type: chosen };
  throw new S3Error('InvalidRequest', `The ${chosen} checksum type cannot be used with ${algorithm}.`);
}

/** Returns the checksum of the finished object: over its bytes, or over its parts' checksums. */
export async function finishedChecksum(
  blobs: BlobStore,
  wanted: StoredUpload['checksum'],
  parts: readonly StoredPart[],
): Promise<StoredChecksum | undefined> {
  if (wanted === undefined) return undefined;
  const { algorithm, type } = wanted;
  if (type === 'FULL_OBJECT') {
    const slices = parts.flatMap((part) => part.slices);
    const { checksum } = await digestOf(blobs, slices, algorithm);
    return checksum === undefined ? undefined : { algorithm, type, value: checksum };
  }
  const running = startChecksum(algorithm);
  for (const { checksum } of parts) running.update(Buffer.from(checksum?.value ?? '', 'base64'));
  return { algorithm, type, value: `${running.digest()}-${parts.length}` };
}
