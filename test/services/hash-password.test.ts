import assert from 'node:assert/strict';
import { createPasswordHasher, defaultCost } from '../../src/services/hash-password.js';
import { testCost } from '../support/api.js';

describe('password hashes', () => {
  const hasher = createPasswordHasher(testCost);

  it('accepts the hashed password and no other', async () => {
    const hash = await hasher.hash('pâss:wörd 🐶');
    assert.equal(await hasher.verify('pâss:wörd 🐶', hash), true);
    assert.equal(await hasher.verify('pâss:wörd', hash), false);
    assert.equal(await hasher.verify('', hash), false);
  });

  it('accepts a password whose letters are typed as other code points', async () => {
    assert.equal(await hasher.verify('e\u0301', await hasher.hash('\u00e9')), true);
  });

  it('stores the parameters of the hash, so that the cost can be raised later', async () => {
    const hash = await hasher.hash('pug');
    assert.match(hash, /^scrypt\$10\$8\$1\$[-\w]{22}\$[-\w]{43}$/);
    assert.equal(await createPasswordHasher({ ...testCost, logN: 11 }).verify('pug', hash), true);
  });

  it('returns another hash each time', async () => {
    assert.notEqual(await hasher.hash('pug'), await hasher.hash('pug'));
  });

  it('uses the cost that OWASP recommends', async () => {
    const hash = await createPasswordHasher().hash('pug');
    assert.ok(hash.startsWith('scrypt$15$8$3$'));
    assert.deepEqual(defaultCost, { logN: 15, r: 8, p: 3 });
  });

  it('accepts no password when there is no user or the row holds something else', async () => {
    assert.equal(await hasher.verify('pug', undefined), false);
    assert.equal(await hasher.verify('pug', 'plain'), false);
    assert.equal(await hasher.verify('', undefined), false);
  });

  it('checks passwords in turn, and refuses when too many wait', async () => {
    const results = await Promise.allSettled(Array.from({ length: 150 }, () => hasher.verify('pug', undefined)));
    const refused = results.filter(({ status }) => status === 'rejected');
    assert.equal(refused.length, 150 - 102);
    assert.ok(refused.every((one) => 'reason' in one && (one.reason as { code: string }).code === 'unavailable'));
    assert.equal(await hasher.verify('pug', await hasher.hash('pug')), true);
  });
});
