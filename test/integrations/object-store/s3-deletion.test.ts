import assert from 'node:assert/strict';
import { hasCode } from '../../../src/domain/errors.js';
import { newSite, oddKeys } from '../../support/copy-jobs.js';
import { describeForEachStore, type TestStore } from '../../support/test-store.js';

const gate = (): void => undefined;

const motoCannot = {
  keys: ['deletes keys of every kind in one request, and accepts keys that do not exist'],
  log: ['deletes keys that XML cannot represent one by one', 'refuses more than a thousand keys and deletes nothing'],
  faults: [
    'repeats only the keys that failed with a transient error',
    'fails and names the key when one keeps failing or may not be deleted',
  ],
};

describeForEachStore('deleteMany', motoCannot, (startTestStore) => {
  let store: TestStore;
  before(async () => {
    store = await startTestStore();
  });
  afterEach(() => {
    store.server.faults.reset();
  });
  after(() => store.close());

  const deleteMany = (keys: readonly string[]): Promise<void> =>
    store.store.deleteMany({ bucket: store.bucket, keys, gate });

  it('deletes keys of every kind in one request, and accepts keys that do not exist', async () => {
    await store.putSite('odd/', newSite(oddKeys));
    const log = await store.record(() => deleteMany([...oddKeys.map((key) => `odd/${key}`), 'odd/nothing']));
    assert.equal(log.length, 1);
    assert.deepEqual(await store.readSite('odd/'), {});
  });

  it('deletes keys that XML cannot represent one by one', async () => {
    const keys = ['control/\u0001', 'control/\uffff', 'control/a'];
    for (const key of keys) await store.put(key, { body: 'x' });
    const log = await store.record(() => deleteMany(keys));
    assert.deepEqual(log.map(({ operation }) => operation).sort(), ['DeleteObject', 'DeleteObject', 'DeleteObjects']);
    for (const key of keys) assert.equal(await store.store.head({ bucket: store.bucket, key }), null);
  });

  it('repeats only the keys that failed with a transient error', async () => {
    await store.putSite('some/', newSite(['a', 'b', 'c']));
    store.server.faults.addRule({
      match: { operation: 'DeleteObjects', keyPattern: '/b$' },
      action: { kind: 'errorIn200', code: 'InternalError' },
      times: 1,
    });
    const log = await store.record(() => deleteMany(['some/a', 'some/b', 'some/c']));
    assert.deepEqual(
      log.map(({ keys }) => keys),
      [['some/a', 'some/b', 'some/c'], ['some/b']],
    );
    assert.deepEqual(await store.readSite('some/'), {});
  });

  it('fails and names the key when one keeps failing or may not be deleted', async () => {
    await store.putSite('kept/', newSite(['a', 'b']));
    for (const [code, expected] of [
      ['InternalError', 'store_unavailable'],
      ['AccessDenied', 'store_access_denied'],
    ] as const) {
      store.server.faults.addRule({
        id: 'failing',
        match: { operation: 'DeleteObjects', keyPattern: '/b$' },
        action: { kind: 'errorIn200', code },
      });
      await assert.rejects(
        deleteMany(['kept/a', 'kept/b']),
        (error) => hasCode(error, expected) && error.message.includes('"kept/b"'),
      );
    }
    assert.deepEqual(Object.keys(await store.readSite('kept/')), ['b']);
  });

  it('refuses more than a thousand keys and deletes nothing', async () => {
    const log = await store.record(() =>
      assert.rejects(deleteMany(Array.from({ length: 1_001 }, (_, at) => `${at}`)), RangeError),
    );
    assert.deepEqual(log, []);
  });
});
