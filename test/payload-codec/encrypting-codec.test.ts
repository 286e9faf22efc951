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

describe('the encryption of what Temporal keeps', () => {
  it('gives back what was encrypted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        assert.equal(await decrypted(await encrypted(text)), text);
      }),
      { numRuns: 50 },
    );
  });

  it('says in clear which key it was, and nothing else', async () => {
    const { metadata, data } = await encrypted({ product: 'pipelines' });
    const said = Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString()]);
    assert.deepEqual(Object.fromEntries(said), {
      encoding: 'binary/encrypted',
      'encryption-cipher': 'AES-256-GCM',
      'encryption-key-id': '2025',
    });
    assert.doesNotMatch(Buffer.from(data ?? []).toString('latin1'), /pipelines|json/);
  });

  it('is another each time', async () => {
    assert.notDeepEqual((await encrypted('a')).data, (await encrypted('a')).data);
  });

  it('encrypts by the first key and decrypts by all, so that keys can be replaced', async () => {
    const before = await encrypted('before');
    const after = await encrypted('after', [newer, older]);
    assert.equal(await decrypted(before, [newer, older]), 'before');
    assert.equal(await decrypted(after, [newer]), 'after');
  });

  it('reads what is not encrypted, so that it can be switched on while runs are open', async () => {
    assert.equal(await decrypted(defaultPayloadConverter.toPayload('plain')), 'plain');
  });

  it('names a key that is not there, and the setting where it belongs', async () => {
    await assert.rejects(decrypted(await encrypted('a'), [newer]), (error: Error) => {
      assert.ok(hasCode(error, 'payload_undecryptable'));
      assert.match(error.message, /the key "2025": add it to LTD_TEMPORAL_ENCRYPTION_KEYS/);
      return true;
    });
  });

  it('refuses what another key of the same id encrypted', async () => {
    await assert.rejects(
      decrypted(await encrypted('a', [key('2026')]), [newer]),
      /does not fit the key "2026"/,
    );
  });

  it('refuses data with any bit changed, or cut short', async () => {
    const payload = await encrypted('a');
    const data = Buffer.from(payload.data ?? []);
    for (let at = 0; at < data.length; at += 1) {
      const changed = Buffer.from(data);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await assert.rejects(decrypted({ ...payload, data: changed }), /does not fit/);
      await assert.rejects(decrypted({ ...payload, data: data.subarray(0, at) }), /does not fit/);
    }
  });

  it('needs a key', () => {
    assert.throws(() => createEncryptingCodec([]), RangeError);
  });
});
