import assert from 'node:assert/strict';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { FaultRuleInput } from '../../../dev/object-store/fault-rule.js';
import { codeOf, sendSigned } from './raw-request.js';
import { bucket, s3Failure, startStore, type StoreFixture } from './store-fixture.js';
import { eventually } from '../../support/eventually.js';

describe('fault injection', () => {
  let store: StoreFixture;
  before(async () => {
    store = await startStore({ seed: 7 });
    for (const key of ['a', 'b', 'c', 'd', 'e']) await put(`list/${key}`);
  });
  afterEach(() => {
    store.server.faults.reset();
    store.server.faults.resetStats();
  });
  after(() => store.close());

  const put = (Key: string, Body = 'hello'): Promise<unknown> =>
    store.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  const head = (Key: string): Promise<unknown> => store.client.send(new HeadObjectCommand({ Bucket: bucket, Key }));
  const read = async (Key: string): Promise<string | undefined> =>
    (await store.client.send(new GetObjectCommand({ Bucket: bucket, Key }))).Body?.transformToString();
  const inject = (rule: Omit<FaultRuleInput, 'id'>): string => store.server.faults.addRule(rule).id;
  /** Sends this many puts; returns whether each succeeded. */
  const attempts = async (count: number): Promise<boolean[]> => {
    const outcomes: boolean[] = [];
    for (let time = 0; time < count; time += 1) {
      outcomes.push(
        await put('attempt').then(
          () => true,
          () => false,
        ),
      );
    }
    return outcomes;
  };
  const slowDown = { kind: 'error', status: 503, code: 'SlowDown' } as const;

  describe('the choice of requests', () => {
    it('matches requests by operation, method, bucket and key', async () => {
      inject({ match: { operation: 'PutObject', keyPattern: '^site/' }, action: slowDown });
      await assert.rejects(put('site/a'), s3Failure(503, 'SlowDown'));
      await put('other/site/a');
      await assert.rejects(head('site/a'), s3Failure(404, 'NotFound'));
      inject({ match: { method: 'head', bucket }, action: { ...slowDown, status: 500 } });
      await assert.rejects(head('other/site/a'), /500|UnknownError|Unknown/);
      await read('other/site/a');
    });

    it('applies a rule this many times, after this many requests', async () => {
      inject({ match: { operation: 'PutObject' }, action: slowDown, after: 2, times: 1 });
      assert.deepEqual(await attempts(4), [true, true, false, true]);
    });

    it('applies a rule at random, equally for equal seeds', async () => {
      const rule = { match: { operation: 'PutObject' }, action: slowDown, probability: 0.5 } as const;
      inject(rule);
      const outcomes = await attempts(20);
      assert.ok(outcomes.includes(true) && outcomes.includes(false));
      const same = await startStore({ seed: 7 });
      same.server.faults.addRule(rule);
      const again: boolean[] = [];
      for (let time = 0; time < 20; time += 1) {
        const sent = same.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'attempt', Body: 'hello' }));
        again.push(
          await sent.then(
            () => true,
            () => false,
          ),
        );
      }
      await same.close();
      assert.deepEqual(again, outcomes);
    });

    it('applies a rule until it is removed', async () => {
      const id = inject({ action: slowDown });
      assert.deepEqual(
        store.server.faults.rules().map((rule) => rule.id),
        [id],
      );
      await assert.rejects(put('a'), s3Failure(503, 'SlowDown'));
      assert.equal(store.server.faults.removeRule(id), true);
      assert.equal(store.server.faults.removeRule(id), false);
      await put('a');
    });

    it('refuses rules that make no sense', () => {
      assert.throws(() => inject({ match: { keyPattern: '(' }, action: slowDown }), /not a regular expression/);
      assert.throws(() => inject({ action: { kind: 'error', status: 200, code: 'Fine' } }), /400/);
    });
  });

  describe('cut connections', () => {
    it('cuts the connection before the work', async () => {
      inject({ match: { operation: 'PutObject' }, action: { kind: 'reset', when: 'before-work' } });
      await assert.rejects(put('unwritten'), { code: 'ECONNRESET' });
      await assert.rejects(read('unwritten'), s3Failure(404, 'NoSuchKey'));
    });

    it('cuts the connection after the work', async () => {
      inject({ match: { operation: 'PutObject' }, action: { kind: 'reset', when: 'after-work' } });
      await assert.rejects(put('written'), { code: 'ECONNRESET' });
      assert.equal(await read('written'), 'hello');
    });

    it('cuts the connection within the body of a small and a large object', async () => {
      await put('large', 'x'.repeat(3_000_000));
      inject({ match: { operation: 'GetObject' }, action: { kind: 'reset', when: 'mid-body' } });
      await assert.rejects(read('list/a'), /aborted|ECONNRESET/);
      await assert.rejects(read('large'), /aborted|ECONNRESET/);
    });
  });

  it('answers a copy with 200 and an error in the body, and does not copy', async () => {
    const id = inject({ match: { operation: 'CopyObject' }, action: { kind: 'errorIn200' } });
    const headers = { 'x-amz-copy-source': `${bucket}/list/a` };
    const response = await sendSigned(store.server.url, { method: 'PUT', path: `/${bucket}/copy`, headers });
    assert.deepEqual([response.status, codeOf(response)], [200, 'InternalError']);
    await assert.rejects(read('copy'), s3Failure(404, 'NoSuchKey'));
    const copy = new CopyObjectCommand({ Bucket: bucket, Key: 'copy', CopySource: `${bucket}/list/a` });
    await assert.rejects(store.client.send(copy), { name: 'InternalError' });
    store.server.faults.removeRule(id);
    await store.client.send(copy);
    assert.equal(await read('copy'), 'hello');
  });

  it('fails single keys of a deletion', async () => {
    for (const key of ['gone/1', 'gone/2']) await put(key);
    inject({ match: { keyPattern: '2$' }, action: { kind: 'errorIn200', code: 'SlowDown' } });
    const Delete = { Objects: [{ Key: 'gone/1' }, { Key: 'gone/2' }] };
    const { Deleted, Errors } = await store.client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }));
    assert.deepEqual(Deleted, [{ Key: 'gone/1' }]);
    assert.deepEqual(
      Errors?.map(({ Key, Code }) => [Key, Code]),
      [['gone/2', 'SlowDown']],
    );
    store.server.faults.clearRules();
    assert.equal(await read('gone/2'), 'hello');
  });

  describe('altered listings', () => {
    const page = async (token?: string): Promise<[keys: string, next: string | undefined]> => {
      const input = { Bucket: bucket, Prefix: 'list/', MaxKeys: 4, ContinuationToken: token };
      const found = await store.client.send(new ListObjectsV2Command(input));
      const { IsTruncated, NextContinuationToken } = found;
      assert.equal(IsTruncated, NextContinuationToken !== undefined);
      return [(found.Contents ?? []).map(({ Key }) => Key?.slice(-1)).join(''), NextContinuationToken];
    };

    it('ends pages early, with correct tokens', async () => {
      inject({ match: { operation: 'ListObjectsV2' }, action: { kind: 'truncateList', keys: 2 } });
      const [first, next] = await page();
      const [second] = await page(next);
      assert.deepEqual([first, second], ['ab', 'cd']);
    });

    it('returns the first page again', async () => {
      const [first, next] = await page();
      inject({ match: { operation: 'ListObjectsV2' }, action: { kind: 'repeatPage' }, times: 1 });
      const [repeated, sameNext] = await page(next);
      assert.deepEqual([repeated, sameNext], [first, next]);
      assert.deepEqual(await page(next), ['e', undefined]);
    });
  });

  it('holds requests until the rule is removed', async () => {
    const id = inject({ match: { operation: 'PutObject' }, action: { kind: 'hold' } });
    const held = put('held', 'late');
    await eventually('the request to arrive', () => Promise.resolve(store.server.faults.stats().inFlight === 1));
    await assert.rejects(read('held'), s3Failure(404, 'NoSuchKey'));
    store.server.faults.removeRule(id);
    await held;
    assert.equal(await read('held'), 'late');
  });

  it('never answers a hanging request, and logs it when the client gives up', async () => {
    inject({ match: { operation: 'DeleteObject' }, action: { kind: 'hang' } });
    const abort = new AbortController();
    const command = new DeleteObjectCommand({ Bucket: bucket, Key: 'list/a' });
    const hanging = store.client.send(command, { abortSignal: abort.signal });
    await eventually('the request to arrive', () => Promise.resolve(store.server.faults.stats().inFlight === 1));
    abort.abort();
    await assert.rejects(hanging, { name: 'AbortError' });
    await eventually('the request to be logged', () => Promise.resolve(store.server.faults.stats().inFlight === 0));
    assert.equal(store.server.faults.log().at(-1)?.status, 0);
    assert.equal(await read('list/a'), 'hello');
  });

  it('delays every request by the latency, and those of a rule by more', async () => {
    const took = async (work: () => Promise<unknown>): Promise<number> => {
      const start = performance.now();
      await work();
      return performance.now() - start;
    };
    store.server.faults.setLatency(30);
    assert.ok((await took(() => head('list/a'))) >= 29);
    inject({ match: { operation: 'HeadObject' }, action: { kind: 'delay', delayMs: 40 } });
    // Timers may be a millisecond early.
    assert.ok((await took(() => head('list/a'))) >= 68);
  });

  it('keeps requests of one operation below a rate', async () => {
    store.server.faults.setRateLimits({ HeadObject: 1 });
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => head('list/a')));
    const admitted = outcomes.filter(({ status }) => status === 'fulfilled').length;
    assert.ok(admitted >= 1 && admitted < 6, `${admitted} of 6 were admitted`);
    await read('list/a');
    await eventually('the next second', () =>
      head('list/a').then(
        () => true,
        () => false,
      ),
    );
  });

  it('dates its answers by its own clock', async () => {
    store.server.faults.setClockOffset(3_600_000);
    const { headers } = await sendSigned(store.server.url, { path: `/${bucket}/list/a` });
    const ahead = Date.parse(String(headers['date'])) - Date.now();
    assert.ok(ahead > 3_500_000, `the answer is dated ${ahead} ms ahead`);
  });

  it('counts requests by operation and status, and the concurrent ones', async () => {
    inject({ match: { operation: 'HeadObject' }, action: { kind: 'delay', delayMs: 50 } });
    await Promise.all(Array.from({ length: 5 }, () => head('list/a')));
    await assert.rejects(head('missing'));
    const stats = store.server.faults.stats();
    assert.deepEqual(stats.byOperation['HeadObject'], {
      total: 6,
      inFlight: 0,
      maxInFlight: 5,
      byStatus: { 200: 5, 404: 1 },
    });
    assert.equal(stats.total, 6);
    store.server.faults.resetStats();
    assert.equal(store.server.faults.stats().byOperation['HeadObject']?.total, 0);
  });

  it('logs requests in a reliable order', async () => {
    const since = store.server.faults.log().at(-1)?.sequence ?? 0;
    await put('logged');
    const Delete = { Objects: [{ Key: 'logged' }, { Key: 'other' }] };
    await store.client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }));
    const [first, second, ...others] = store.server.faults.log(since);
    assert.deepEqual(others, []);
    assert.deepEqual(
      [first?.operation, first?.bucket, first?.key, first?.status],
      ['PutObject', bucket, 'logged', 200],
    );
    assert.deepEqual([second?.operation, second?.keys, second?.status], ['DeleteObjects', ['logged', 'other'], 200]);
    assert.ok((first?.answered ?? Infinity) < (second?.arrived ?? 0));
  });

  it('keeps only the last requests in its log', async () => {
    const small = await startStore({ logCapacity: 3 });
    for (const Key of ['1', '2', '3', '4', '5']) {
      await small.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }));
    }
    assert.deepEqual(
      small.server.faults.log().map(({ key }) => key),
      ['3', '4', '5'],
    );
    assert.deepEqual(
      small.server.faults.log(4).map(({ key }) => key),
      ['5'],
    );
    await small.close();
  });
});
