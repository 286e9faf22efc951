import assert from 'node:assert/strict';
import { CopyObjectCommand, DeleteObjectCommand, DeleteObjectsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { watchWrites } from '../../../../dev/chaos/collect/watch-writes.js';
import type { ChaosEvent } from '../../../../dev/chaos/history.js';
import { eventually } from '../../../support/eventually.js';
import { bucket, startStore, type StoreFixture } from '../../object-store/store-fixture.js';

describe('watchWrites', () => {
  let store: StoreFixture;

  before(async () => {
    store = await startStore({ adminPort: 0 });
  });

  after(() => store.close());

  const injector = async (method: string, path: string): Promise<unknown> =>
    (await fetch(`${store.server.adminUrl ?? ''}${path}`, { method })).json();

  it('records every successful copy to an edition and deletion there, and nothing else', async () => {
    const { client } = store;
    const source = 'alpha/builds/1/a.html';
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: source, Body: 'a' }));
    for (const Key of ['alpha/v/main/a.html', 'alpha/v/main/b.html', 'alpha/elsewhere'])
      await client.send(new CopyObjectCommand({ Bucket: bucket, Key, CopySource: `${bucket}/${source}` }));
    const action = { kind: 'error', status: 503, code: 'SlowDown' } as const;
    store.server.faults.addRule({ match: { operation: 'DeleteObject' }, action, times: 1 });
    const removed = new DeleteObjectCommand({ Bucket: bucket, Key: 'alpha/v/main/a.html' });
    await assert.rejects(client.send(removed));
    await client.send(removed);
    const Objects = [{ Key: 'alpha/v/main/b.html' }, { Key: source }];
    await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));

    const events: ChaosEvent[] = [];
    const over = new AbortController();
    const watching = watchWrites({ injector }, { record: (event) => events.push(event) }, over.signal);
    await eventually('all of it to be seen', () => Promise.resolve(events.length >= 4));
    over.abort();
    await watching;
    assert.deepEqual(
      events.map((event) => [event.kind, 'key' in event ? event.key : '']),
      [
        ['write', 'alpha/v/main/a.html'],
        ['write', 'alpha/v/main/b.html'],
        ['removal', 'alpha/v/main/a.html'],
        ['removal', 'alpha/v/main/b.html'],
      ],
    );
  });
});
