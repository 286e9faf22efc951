import assert from 'node:assert/strict';
import { CreateMultipartUploadCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { hasCode, LtdError } from '../../../src/domain/errors.js';
import type { CopyRequest, ObjectStore } from '../../../src/integrations/object-store/object-store.js';
import { createS3ObjectStore } from '../../../src/integrations/object-store/s3-object-store.js';
import { copyJobs } from '../../support/copy-jobs.js';
import { testEngine } from '../../support/test-engine.js';
import { describeForEachClient, testPartSize, type TestStore } from '../../support/test-store.js';

// Ten parts; the last one is short.
const body = '0123456789'.repeat(15);

describeForEachClient('multipart copies', (startTestStore) => {
  let store: TestStore;
  let inParts: ObjectStore;
  let source: CopyRequest['source'];
  before(async () => {
    store = await startTestStore();
    inParts = createS3ObjectStore({
      client: store.client,
      multipartThreshold: testPartSize,
      attempts: { maxAttempts: 3, backoff: 1 },
    });
    await store.put('big', { body });
    source = (await store.store.head({ bucket: store.bucket, key: 'big' })) ?? assert.fail('no source');
  });
  afterEach(() => {
    store.server.faults.reset();
  });
  after(() => store.close());

  const headers = {
    system: { 'content-type': 'application/pdf', 'content-encoding': 'gzip', expires: '0' },
    metadata: { a: 'b' },
  };
  const request = (changes: Partial<CopyRequest>): CopyRequest => ({
    bucket: store.bucket,
    sourceKey: 'big',
    destinationKey: 'copy',
    source,
    headers,
    acl: 'public-read',
    gate: () => undefined,
    ...changes,
  });

  it('copies the whole content and its headers, and returns a multipart ETag', async () => {
    const { etag } = await inParts.copy(request({}));
    assert.match(etag, /-10$/);
    assert.deepEqual(await store.read('copy'), { body, headers });
  });

  it('copies in one request up to the threshold, and in parts above it', async () => {
    await store.put('small', { body: 'x'.repeat(testPartSize) });
    const small = (await store.store.head({ bucket: store.bucket, key: 'small' })) ?? assert.fail('no source');
    const log = await store.record(() => inParts.copy(request({ sourceKey: 'small', source: small })));
    assert.deepEqual(
      log.map(({ operation }) => operation),
      ['CopyObject'],
    );
  });

  it('checks the gate before each part and before completing the upload', async () => {
    let asked = 0;
    await inParts.copy(request({ gate: () => (asked += 1) }));
    assert.equal(asked, 12);
  });

  it('succeeds after transient failures of each step', async () => {
    for (const operation of ['CreateMultipartUpload', 'UploadPartCopy', 'CompleteMultipartUpload'] as const) {
      store.server.faults.addRule({
        match: { operation },
        action: { kind: 'error', status: 503, code: 'SlowDown' },
        times: 1,
      });
    }
    for (const operation of ['UploadPartCopy', 'CompleteMultipartUpload'] as const) {
      store.server.faults.addRule({
        match: { operation },
        action: { kind: 'errorIn200' },
        after: 1,
        times: 1,
      });
    }
    await inParts.copy(request({ destinationKey: 'rough' }));
    assert.equal((await store.read('rough')).body, body);
  });

  for (const [what, changes, code] of [
    ['a source that changed', { source: { etag: 'other', size: body.length } }, 'source_changed'],
    ['a gate that closes', {}, 'plan_void'],
  ] as const) {
    it(`keeps the destination and leaves no parts when it gives up on ${what}`, async () => {
      await store.put('kept', { body: 'before' });
      let asked = 0;
      const gate = (): void => {
        asked += 1;
        if (code === 'plan_void' && asked > 5) throw new LtdError('plan_void', 'closed');
      };
      const log = await store.record(() =>
        assert.rejects(inParts.copy(request({ destinationKey: 'kept', ...changes, gate })), (error) =>
          hasCode(error, code),
        ),
      );
      assert.equal((await store.read('kept')).body, 'before');
      const last = log.at(-1);
      assert.equal(last?.operation, 'AbortMultipartUpload');
      assert.equal(last.status, 204);
      // No part was still in flight: it would have recreated the upload.
      for (const { answered, operation } of log) {
        if (operation === 'UploadPartCopy') assert.ok(answered < last.arrived);
      }
    });
  }

  it('ends an upload whose id it never received, and keeps uploads to longer keys', async () => {
    const longer = { Bucket: store.bucket, Key: 'twin.sig' };
    await store.client.send(new CreateMultipartUploadCommand(longer));
    store.server.faults.addRule({
      match: { operation: 'CreateMultipartUpload' },
      action: { kind: 'reset', when: 'after-work' },
      times: 1,
    });
    await inParts.copy(request({ destinationKey: 'twin' }));
    assert.equal((await store.read('twin')).body, body);
    const { Uploads = [] } = await store.client.send(new ListMultipartUploadsCommand({ Bucket: store.bucket }));
    assert.deepEqual(
      Uploads.map(({ Key }) => Key),
      ['twin.sig'],
    );
  });

  it('remembers the multipart ETag, so that a second run copies nothing and changed content is noticed', async () => {
    const job = copyJobs(store.bucket)({ directoryRedirects: false });
    await store.putSite(job.sourcePrefix, { 'big.pdf': { body }, 'a.css': { body: 'small' } });
    const engine = testEngine(inParts);
    await engine.copy(job);
    await engine.verify(job);
    assert.equal((await engine.copy(job)).objects_unchanged, 2);
    await store.put(`${job.destinationPrefix}big.pdf`, { body: `B${body.slice(1)}` });
    await assert.rejects(engine.verify(job), (error) => hasCode(error, 'verification_failed'));
    assert.equal((await engine.copy(job)).objects_unchanged, 1);
    await engine.verify(job);
  });
});
