import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { LtdError } from '../domain/errors.js';
import type { EncryptionKey } from '../config/settings/temporal.js';

/** What the metadata of an encrypted payload says: the words of Temporal's own samples. */
const encoding = 'binary/encrypted';
const cipher = 'AES-256-GCM';

const ivLength = 12;
const tagLength = 16;

const PayloadMessage = proto.temporal.api.common.v1.Payload;

/**
 * Keeps what workflows and activities are given and answer from whoever reads Temporal's database: the first key
 * encrypts, all decrypt. A payload that is not encrypted passes as it is, so that runs from before go on.
 */
export function createEncryptingCodec(keys: readonly EncryptionKey[]): PayloadCodec {
  const [first] = keys;
  if (first === undefined) throw new RangeError('at least one key is needed to encrypt');
  const known = new Map(keys.map((key) => [key.id, bytesOf(key)]));
  return {
    encode: (payloads) => Promise.resolve(payloads.map((payload) => encrypt(payload, first))),
    // Async, so that a failure is a rejection.
    decode: async (payloads) => Promise.all(payloads.map((payload) => decrypt(payload, known))),
  };
}

function encrypt(payload: Payload, key: EncryptionKey): Payload {
  const iv = randomBytes(ivLength);
  const aes = createCipheriv('aes-256-gcm', bytesOf(key), iv);
  const text = aes.update(PayloadMessage.encode(payload).finish());
  return {
    metadata: {
      encoding: Buffer.from(encoding),
      'encryption-cipher': Buffer.from(cipher),
      'encryption-key-id': Buffer.from(key.id),
    },
    data: Buffer.concat([iv, text, aes.final(), aes.getAuthTag()]),
  };
}

async function decrypt(payload: Payload, keys: ReadonlyMap<string, Buffer>): Promise<Payload> {
  if (textOf(payload, 'encoding') !== encoding) return Promise.resolve(payload);
  const id = textOf(payload, 'encryption-key-id');
  const key = keys.get(id);
  if (key === undefined)
    throw new LtdError(
      'payload_undecryptable',
      `Temporal holds data encrypted with the key ${JSON.stringify(id)}: add it to LTD_TEMPORAL_ENCRYPTION_KEYS.`,
    );
  try {
    return PayloadMessage.decode(opened(Buffer.from(payload.data ?? []), key));
  } catch (error) {
    throw new LtdError(
      'payload_undecryptable',
      `Data in Temporal does not fit the key ${JSON.stringify(id)} of LTD_TEMPORAL_ENCRYPTION_KEYS: is it ` +
        'the same key as before?',
      { cause: error },
    );
  }
}

/** @throws {Error} where the key is another one, or a bit was changed. */
function opened(data: Buffer, key: Buffer): Buffer {
  const aes = createDecipheriv('aes-256-gcm', key, data.subarray(0, ivLength), { authTagLength: tagLength });
  aes.setAuthTag(data.subarray(-tagLength));
  return Buffer.concat([aes.update(data.subarray(ivLength, -tagLength)), aes.final()]);
}

function bytesOf({ key }: EncryptionKey): Buffer {
  return Buffer.from(key.reveal(), 'base64');
}

function textOf({ metadata }: Payload, name: string): string {
  return Buffer.from(metadata?.[name] ?? []).toString();
}
