import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ManifestEntry } from '../../../src/copy-engine/manifest.js';
import { decodeChunk, encodeChunk } from '../../../src/db/manifests/manifest-chunk.js';
import { storedHeaderNames } from '../../../src/domain/object-headers.js';
import { oddKeys } from '../../support/copy-jobs.js';

const entry = (key: string, changes: Partial<ManifestEntry> = {}): ManifestEntry => ({
  key,
  etag: '0123456789abcdef0123456789abcdef',
  size: 10,
  headers: { system: { 'content-type': 'text/html' }, metadata: {} },
  ...changes,
});

const text = fc.string({ unit: 'binary' });
const etags = fc.oneof(
  fc.string({ unit: fc.constantFrom('0', '1', '9', 'a', 'f'), minLength: 32, maxLength: 32 }),
  fc.constantFrom('0123456789ABCDEF0123456789ABCDEF', '0123456789abcdef0123456789abcdef-12', ''),
  text,
);
// With Object's prototype, like the objects of the code.
const plain = { noNullPrototype: true } as const;
const entries: fc.Arbitrary<ManifestEntry[]> = fc.array(
  fc.record(
    {
      key: text,
      etag: etags,
      size: fc.maxSafeNat(),
      modifiedAt: fc.maxSafeNat(),
      headers: fc.record(
        {
          system: fc.dictionary(fc.constantFrom(...storedHeaderNames), text, plain),
          metadata: fc.dictionary(text, text, plain),
        },
        plain,
      ),
    },
    { ...plain, requiredKeys: ['key', 'etag', 'size', 'headers'] },
  ),
  { maxLength: 30 },
);

describe('encoded parts of a manifest', () => {
  it('encodes and decodes any keys, ETags and headers', () => {
    fc.assert(
      fc.property(entries, (list) => {
        assert.deepEqual(decodeChunk(encodeChunk(list)), list);
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  it('encodes keys of every kind, and the longest keys', () => {
    const keys = [...oddKeys, 'x'.repeat(1_024), '\u{1f600}\u{1f601}', '\u{1f600}\u{1f602}', 'with \u0000 in it'];
    const list = keys.map((key) => entry(key));
    assert.deepEqual(decodeChunk(encodeChunk(list)), list);
  });

  it('encodes metadata named like a property of every object', () => {
    const metadata = JSON.parse('{"__proto__": "a", "constructor": "b"}') as Record<string, string>;
    const list = [entry('a', { headers: { system: {}, metadata } })];
    assert.deepEqual(decodeChunk(encodeChunk(list)), list);
    assert.deepEqual(Object.keys(decodeChunk(encodeChunk(list))[0]?.headers.metadata ?? {}), Object.keys(metadata));
  });

  it("takes less than an eighth of the data's size when headers repeat", () => {
    const list = Array.from({ length: 1_000 }, (_, at) =>
      entry(`api/java.base/java/lang/Class${at}.html`, {
        etag: at.toString(16).padStart(32, '0'),
        headers: { system: { 'content-type': 'text/html' }, metadata: { 'surrogate-key': 'k'.repeat(32) } },
      }),
    );
    assert.ok(encodeChunk(list).length < JSON.stringify(list).length / 8);
  });

  it('decodes equal headers as one shared object', () => {
    const [one, other] = decodeChunk(encodeChunk([entry('a'), entry('b')]));
    assert.equal(one?.headers, other?.headers);
  });

  it('refuses a format that this release does not know', () => {
    const bytes = encodeChunk([entry('a')]);
    bytes[0] = 2;
    assert.throws(() => decodeChunk(bytes), /format 2, and this release reads format 1/);
    assert.throws(() => decodeChunk(Buffer.alloc(0)), /format none/);
  });
});
