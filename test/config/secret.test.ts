import assert from 'node:assert/strict';
import { format, inspect } from 'node:util';
import { redacted, Secret, unprinted } from '../../src/config/secret.js';

interface Printable {
  toString(): string;
}

/** The ways in which a value gets into a log, a message or an answer. */
const printers: Readonly<Record<string, (value: Printable) => string>> = {
  'String()': (value) => String(value),
  'a template': (value) => `${value.toString()}!`,
  'JSON.stringify': (value) => JSON.stringify({ nested: [value] }),
  'util.inspect': (value) => inspect({ nested: [value] }, { showHidden: true, depth: null }),
  'util.format': (value) => format('%s %o %O %j', value, value, value, value),
  'Object.entries': (value) => JSON.stringify(Object.entries(value)),
};

describe('Secret and unprinted', () => {
  const secret = new Secret('open sesame');

  for (const [name, print] of Object.entries(printers))
    it(`hides a secret from ${name}`, () => {
      assert.ok(!print(secret).includes('sesame'), print(secret));
    });

  it('shows that a secret is set', () => {
    assert.equal(JSON.stringify({ key: secret }), `{"key":"${redacted}"}`);
    assert.equal(inspect({ key: secret }), `{ key: ${redacted} }`);
  });

  it('returns the value of a secret from `reveal`', () => {
    assert.equal(secret.reveal(), 'open sesame');
  });
});

describe('unprinted options', () => {
  const options = unprinted({ address: 'temporal:7233', apiKey: 'open sesame', tls: { key: 'open sesame' } });

  for (const [name, print] of Object.entries(printers).filter(([name]) => name !== 'Object.entries'))
    it(`hides options from ${name}`, () => {
      assert.ok(!print(options).includes('sesame'), print(options));
    });

  it('reads, spreads and copies hidden options as before', () => {
    const { address, ...rest } = options;
    assert.equal(address, 'temporal:7233');
    assert.deepEqual(rest, { apiKey: 'open sesame', tls: { key: 'open sesame' } });
    assert.deepEqual(Object.keys(options), ['address', 'apiKey', 'tls']);
  });
});
