import assert from 'node:assert/strict';
import { type PrefixJob, removePrefix } from '../../src/copy-engine/removal.js';
import { directoryRedirectHeaders } from '../../src/domain/edition-headers.js';
import { hasCode } from '../../src/domain/errors.js';
import { newSite, oddKeys, quietControl } from '../support/copy-jobs.js';
import { describeForEachStore, type TestStore } from '../support/test-store.js';

const motoCannot = {
  keys: ['deletes all objects under the prefix and its redirect, and keeps v10 when it removes v1'],
  log: ['deletes the redirect first, then pages, then other objects', 'sends only listings for an empty prefix'],
};

describeForEachStore('removePrefix', motoCannot, (startTestStore) => {
  let store: TestStore;
  before(async () => {
    store = await startTestStore();
  });
  after(() => store.close());

  const redirect = { body: '', headers: directoryRedirectHeaders };
  const remove = (job: Partial<PrefixJob> & Pick<PrefixJob, 'prefix'>): Promise<number> =>
    removePrefix({ store: store.store }, { bucket: store.bucket, directoryRedirects: true, ...job }, quietControl());

  it('deletes all objects under the prefix and its redirect, and keeps v10 when it removes v1', async () => {
    await store.putSite('p/v/', { v1: redirect, v10: redirect, 'v1.html': { body: 'beside' } });
    await store.putSite('p/v/v1/', newSite(oddKeys));
    await store.putSite('p/v/v10/', newSite(['index.html']));
    assert.equal(await remove({ prefix: 'p/v/v1/' }), oddKeys.length + 1);
    assert.deepEqual(Object.keys(await store.readSite('p/v/')), ['v1.html', 'v10', 'v10/index.html']);
  });

  it('deletes the redirect first, then pages, then other objects', async () => {
    await store.put('q/v/main', redirect);
    await store.putSite('q/v/main/', newSite(['a.css', 'b.html', 'index.html']));
    const log = await store.record(() => remove({ prefix: 'q/v/main/' }));
    assert.deepEqual(
      log.filter(({ operation }) => operation === 'DeleteObjects').map(({ keys }) => keys),
      [['q/v/main'], ['q/v/main/b.html', 'q/v/main/index.html'], ['q/v/main/a.css']],
    );
  });

  it('sends only listings for an empty prefix', async () => {
    const log = await store.record(async () => {
      assert.equal(await remove({ prefix: 'none/v/main/' }), 0);
    });
    assert.deepEqual(new Set(log.map(({ operation }) => operation)), new Set(['ListObjectsV2']));
  });

  it('keeps the key without the slash where redirects are off', async () => {
    await store.put('r/v/main', { body: 'not ours' });
    await store.putSite('r/v/main/', newSite(['index.html']));
    assert.equal(await remove({ prefix: 'r/v/main/', directoryRedirects: false }), 1);
    assert.equal((await store.read('r/v/main')).body, 'not ours');
  });

  it('fails with verification_failed when an object is left', async () => {
    await store.putSite('s/v/main/', newSite(['index.html']));
    const forgetful = { ...store.store, deleteMany: () => Promise.resolve() };
    await assert.rejects(
      removePrefix(
        { store: forgetful },
        { bucket: store.bucket, prefix: 's/v/main/', directoryRedirects: true },
        quietControl(),
      ),
      (error) => hasCode(error, 'verification_failed') && error.message.includes('"index.html"'),
    );
  });

  it('refuses a prefix that does not end in exactly one slash', async () => {
    for (const prefix of ['p/v/v1', '', '/', 'p/v//']) await assert.rejects(remove({ prefix }), TypeError);
  });
});
