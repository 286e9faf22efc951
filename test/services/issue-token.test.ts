import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Secret } from '../../src/config/secret.js';
import { createTokenSigner, digestOf, tokenLifetime } from '../../src/services/issue-token.js';

const subject = { id: 7, token_key: 'd9428888-122b-11e1-b85c-61cd3cbb3210' };

function signer(keys: readonly string[], now = 0): ReturnType<typeof createTokenSigner> {
  return createTokenSigner({ keys: keys.map((key) => new Secret(key)), now: () => now });
}

describe('createTokenSigner', () => {
  it('issues tokens that name their user', () => {
    const claims = signer(['a']).read(signer(['a']).issue(subject));
    assert.deepEqual(claims, { userId: 7, keyDigest: digestOf(subject.token_key) });
  });

  it('issues tokens that fit in a header and before a colon', () => {
    assert.match(signer(['a']).issue(subject), /^[-\w]+\.[-\w]+$/);
  });

  it('issues tokens that do not reveal their key', () => {
    const [claims = ''] = signer(['a']).issue(subject).split('.');
    assert.ok(!Buffer.from(claims, 'base64url').toString().includes(subject.token_key));
  });

  it('issues tokens that expire after an hour', () => {
    const token = signer(['a'], 500).issue(subject);
    assert.notEqual(signer(['a'], (tokenLifetime - 1) * 1000).read(token), undefined);
    assert.equal(signer(['a'], tokenLifetime * 1000).read(token), undefined);
  });

  it('refuses tokens that another key signed', () => {
    assert.equal(signer(['a']).read(signer(['b']).issue(subject)), undefined);
  });

  it('signs with the first key and accepts all keys, so that keys can be replaced', () => {
    const old = signer(['old']).issue(subject);
    const fresh = signer(['new', 'old']).issue(subject);
    assert.notEqual(signer(['new', 'old']).read(old), undefined);
    assert.notEqual(signer(['new']).read(fresh), undefined);
    assert.equal(signer(['new']).read(old), undefined);
  });

  it('refuses a token with a character changed, added or removed', () => {
    const token = signer(['a']).issue(subject);
    const read = (text: string): unknown => signer(['a']).read(text);
    for (let at = 0; at < token.length; at += 1) {
      for (const other of 'AQgw09-_.=')
        if (other !== token[at]) assert.equal(read(token.slice(0, at) + other + token.slice(at + 1)), undefined);
      assert.equal(read(token.slice(0, at) + token.slice(at + 1)), undefined);
      assert.equal(read(`${token.slice(0, at)}A${token.slice(at)}`), undefined);
    }
  });

  it('refuses other text in place of a token', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.equal(signer(['a']).read(text), undefined);
        assert.equal(signer(['a']).read(`${text}.${text}`), undefined);
      }),
    );
  });

  it('requires a key for tokens', () => {
    assert.throws(() => signer([]), RangeError);
  });
});
