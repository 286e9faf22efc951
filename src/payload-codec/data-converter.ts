import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { createEncryptingCodec } from './encrypting-codec.js';
import type { EncryptionKey } from '../config/settings/temporal.js';

/** What clients and workers send to Temporal, and how they read it: encrypted where there are keys. */
export function dataConverter(keys: readonly EncryptionKey[]): DataConverter {
  if (keys.length === 0) return {};
  return {
    payloadCodecs: [createEncryptingCodec(keys)],
    failureConverterPath: fileURLToPath(new URL('failure-converter.js', import.meta.url)),
  };
}
