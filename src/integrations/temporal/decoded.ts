import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { LtdError } from '../../domain/errors.js';

/**
 * A value of the server's raw answers, which the client leaves encoded; undefined where there is none, and where it cannot
 * be decoded, as after the removal of an encryption key.
 */
export async function decodedValue(client: Client, payload: Payload | null | undefined): Promise<unknown> {
  return decode(client, payload).catch(() => undefined);
}

async function decode(client: Client, payload: Payload | null | undefined): Promise<unknown> {
  if (payload === null || payload === undefined) return undefined;
  const { payloadCodecs, payloadConverter } = client.options.loadedDataConverter;
  let encoded = [payload];
  for (const codec of payloadCodecs.toReversed()) encoded = await codec.decode(encoded);
  const [decoded] = encoded;
  return decoded === undefined ? undefined : payloadConverter.fromPayload(decoded);
}

/** What a failure says. Where payloads are encrypted its message is one of them; without its key, names the key. */
export async function decodedMessage(
  client: Client,
  failure: temporal.api.failure.v1.IFailure | null | undefined,
): Promise<string | null> {
  const attributes = await decode(client, failure?.encodedAttributes).catch((error: unknown) => error);
  if (attributes instanceof Error && !(attributes instanceof LtdError)) return failure?.message ?? null;
  if (typeof attributes === 'object' && attributes !== null && 'message' in attributes)
    return String(attributes.message);
  return failure?.message ?? null;
}
