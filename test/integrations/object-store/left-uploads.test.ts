import assert from 'node:assert/strict';
import { CreateMultipartUploadCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { hasCode } from '../../../src/domain/errors.js';
import { endLeftUploads } from '../../../src/integrations/object-store/left-uploads.js';
import { createSend } from '../../../src/integrations/object-store/s3-send.js';
import { describeForEachStore, type TestStore } from '../../support/test-store.js';

const motoCannot = {
  faults: [
    'succeeds when another client ends an upload meanwhile',
    'fails with store_access_denied when the client may not list uploads',
    'fails with store_rejected when the store does not support the listing',
  ],
};

describeForEachStore('endUploads', motoCannot, (startTestStore) => {
  let store: TestStore;
  before(async () => {
    store = await startTestStore();
  });
  afterEach(() => {
    store.server.faults.reset();
  });
  after(() => store.close());

  async function begin(...keys: readonly string[]): Promise<void> {
    for (const Key of keys) await store.client.send(new CreateMultipartUploadCommand({ Bucket: store.bucket, Key }));
  }

  const request = () => ({ bucket: store.bucket, prefix: 'v/main/', gate: () => undefined });

  it('ends the uploads under the prefix and keeps those elsewhere', async () => {
    await begin('v/main/a', 'v/main/a', 'v/main/\u00e4 &<b>', 'v/main2/a');
    assert.equal(await store.store.endUploads(request()), 3);
    const { Uploads = [] } = await store.client.send(new ListMultipartUploadsCommand({ Bucket: store.bucket }));
    assert.deepEqual(
      Uploads.map(({ Key }) => Key),
      ['v/main2/a'],
    );
    assert.equal(await store.store.endUploads(request()), 0);
  });

  it('ends uploads on all pages of the listing', async () => {
    await begin('v/main/a', 'v/main/b', 'v/main/b', 'v/main/c', 'v/main/d');
    const ender = { client: store.client, send: createSend(), pageSize: 2 };
    assert.equal(await endLeftUploads(ender, request()), 5);
    assert.equal(await store.store.endUploads(request()), 0);
  });

  it('succeeds when another client ends an upload meanwhile', async () => {
    await begin('v/main/a');
    store.server.faults.addRule({
      match: { operation: 'AbortMultipartUpload' },
      action: { kind: 'reset', when: 'after-work' },
      times: 1,
    });
    assert.equal(await store.store.endUploads(request()), 1);
    assert.equal(await store.store.endUploads(request()), 0);
  });

  for (const [what, status, code, expected] of [
    ['the client may not list uploads', 403, 'AccessDenied', 'store_access_denied'],
    ['the store does not support the listing', 501, 'NotImplemented', 'store_rejected'],
  ] as const)
    it(`fails with ${expected} when ${what}`, async () => {
      store.server.faults.addRule({
        match: { operation: 'ListMultipartUploads' },
        action: { kind: 'error', status, code },
      });
      await assert.rejects(store.store.endUploads(request()), (error) => hasCode(error, expected));
    });
});
