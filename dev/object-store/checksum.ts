import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c, crc64nvme } from './crc.js';
import { checksumAlgorithms, type ChecksumAlgorithm } from './stored-object.js';

/** A checksum in progress. */
export type RunningChecksum = {
  readonly update: (bytes: Uint8Array) => void;
  /** The value in base64, as S3 writes it. */
  readonly digest: () => string;
};

export function startChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  switch (algorithm) {
    case 'CRC32':
      return running32((bytes, previous) => crc32(bytes, previous));
    case 'CRC32C':
      return running32(crc32c);
    case 'CRC64NVME':
      return running64();
    case 'SHA1':
    case 'SHA256':
      return runningHash(algorithm);
    default:
      throw new Error(`Unknown checksum algorithm: ${String(algorithm satisfies never)}`);
  }
}

/** The algorithm of a name in any case; `undefined` when S3 has none. */
export function checksumAlgorithm(name: string): ChecksumAlgorithm | undefined {
  return checksumAlgorithms.find((algorithm) => algorithm === name.toUpperCase());
}

/** The header that carries a checksum of the algorithm, in lower case. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

function running32(step: (bytes: Uint8Array, previous: number) => number): RunningChecksum {
  let value = 0;
  return {
    update: (bytes) => {
      value = step(bytes, value);
    },
    digest: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString('base64');
    },
  };
}

function running64(): RunningChecksum {
  let value = 0n;
  return {
    update: (bytes) => {
      value = crc64nvme(bytes, value);
    },
    digest: () => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(value);
      return bytes.toString('base64');
    },
  };
}

function runningHash(algorithm: 'SHA1' | 'SHA256'): RunningChecksum {
  const hash = createHash(algorithm);
  return {
    update: (bytes) => {
      hash.update(bytes);
    },
    digest: () => hash.digest('base64'),
  };
}
