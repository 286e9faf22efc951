import type { Secret } from '../secret.js';

/** A key of Temporal's payloads. */
export interface EncryptionKey {
  /** Stands beside what it encrypted, in clear. */
  readonly id: string;
  /** 32 bytes, in base64. */
  readonly key: Secret;
}
