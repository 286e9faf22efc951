import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { hasCode } from '../../src/domain/errors.js';
import { createEncryptingCodec } from '../../src/payload-codec/encrypting-codec.js';
import type { EncryptionKey } from '../../src/config/settings/temporal.js';
import { Secret } from '../../src/config/secret.js';

function key(id: string): EncryptionKey {
  return { id, key: new Secret(randomBytes(32).toString('base64')) };
}

const older = key('2025');
const newer = key('2026');

async function encrypted(value: unknown, keys = [older]): Promise<Payload> {
  const [payload] = await createEncryptingCodec(keys).encode([defaultPayloadConverter.toPayload(value)]);
  assert.ok(payload !== undefined);
  return payload;
}

async function decrypted(payload: Payload, keys = [older]): Promise<unknown> {
  const [plain] = await createEncryptingCodec(keys).decode([payload]);
  assert.ok(plain !== undefined);
  return defaultPayloadConverter.fromPayload(plain);
}

describe('createEncryptingCodec', () => {
  it('decrypts the payloads that it encrypted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        assert.equal(await decrypted(await encrypted(text)), text);
      }),
      { numRuns: 50 },
    );
  });

  it('adds only the id of the key as plain text', async () => {
    const { metadata, data } = await encrypted({ product: 'pipelines' });
    const said = Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString()]);
    assert.deepEqual(Object.fromEntries(said), {
      encoding: 'binary/encrypted',
      'encryption-cipher': 'AES-256-GCM',
      'encryption-key-id': '2025',
    });
    assert.doesNotMatch(Buffer.from(data ?? []).toString('latin1'), /pipelines|json/);
  });

  it('encrypts equal payloads differently each time', async () => {
    assert.notDeepEqual((await encrypted('a')).data, (await encrypted('a')).data);
  });

  it('encrypts with the first key and decrypts with all, so that keys can be replaced', async () => {
    const before = await encrypted('before');
    const after = await encrypted('after', [newer, older]);
    assert.equal(await decrypted(before, [newer, older]), 'before');
    assert.equal(await decrypted(after, [newer]), 'after');
  });

  it('reads unencrypted payloads, so that encryption can be enabled while runs are open', async () => {
    assert.equal(await decrypted(defaultPayloadConverter.toPayload('plain')), 'plain');
  });

  it('names a missing key and the setting where it belongs', async () => {
    await assert.rejects(decrypted(await encrypted('a'), [newer]), (error: Error) => {
      assert.ok(hasCode(error, 'payload_undecryptable'));
      assert.match(error.message, /the key "2025": add it to LTD_TEMPORAL_ENCRYPTION_KEYS/);
      return true;
    });
  });

  it('refuses payloads that another key of the same id encrypted', async () => {
    await assert.rejects(decrypted(await encrypted('a', [key('2026')]), [newer]), /does not fit the key "2026"/);
  });

  it('refuses payloads that were changed or truncated', async () => {
    const payload = await encrypted('a');
    const data = Buffer.from(payload.data ?? []);
    for (let at = 0; at < data.length; at += 1) {
      const changed = Buffer.from(data);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await assert.rejects(decrypted({ ...payload, data: changed }), /does not fit/);
      await assert.rejects(decrypted({ ...payload, data: data.subarray(0, at) }), /does not fit/);
    }
  });

  it('requires at least one encryption key', () => {
    assert.throws(() => createEncryptingCodec([]), RangeError);
  });
});
