import assert from 'node:assert/strict';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { codeOf, sendSigned } from './raw-request.js';
import { bucket, s3Failure, startStore, type StoreFixture } from './store-fixture.js';

describe('the admin server', () => {
  let store: StoreFixture;
  before(async () => {
    store = await startStore({ adminPort: 0 });
  });
  afterEach(() => {
    store.server.faults.reset();
  });
  after(() => store.close());

  const call = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(`${store.server.adminUrl ?? ''}${path}`, init);
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };
  const put = (): Promise<unknown> => store.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'a', Body: 'x' }));

  it('opens the admin port only when it is configured', async () => {
    const closed = await startStore();
    assert.equal(closed.server.adminUrl, undefined);
    await closed.close();
  });

  it('adds, replaces, lists and removes rules', async () => {
    const action = { kind: 'error', status: 503, code: 'SlowDown' };
    const added = await call('POST', '/rules', { match: { operation: 'PutObject' }, action, times: 1 });
    assert.equal(added.status, 201);
    await assert.rejects(put(), s3Failure(503, 'SlowDown'));
    await put();
    const replaced = await call('PUT', '/rules', [{ id: 'mine', action }]);
    const rules = [{ id: 'mine', match: {}, action }];
    assert.deepEqual(replaced, { status: 200, body: rules });
    assert.deepEqual((await call('GET', '/rules')).body, rules);
    await assert.rejects(put(), s3Failure(503, 'SlowDown'));
    assert.equal((await call('DELETE', '/rules/mine')).status, 204);
    assert.equal((await call('DELETE', '/rules/mine')).status, 404);
    await call('POST', '/rules', { action });
    assert.equal((await call('DELETE', '/rules')).status, 204);
    await put();
  });

  it('sets latency, clock and limits of the store', async () => {
    assert.equal((await call('PUT', '/latency', { latencyMs: 5 })).status, 204);
    assert.deepEqual((await call('GET', '/latency')).body, { latencyMs: 5 });
    await call('PUT', '/clock', { offsetMs: 3_600_000 });
    // The SDK's client would adjust its clock after the refusal.
    const skewed = await sendSigned(store.server.url, { path: `/${bucket}/a` });
    assert.equal(codeOf(skewed), 'RequestTimeTooSkewed');
    assert.deepEqual((await call('GET', '/clock')).body, { offsetMs: 3_600_000 });
    await call('PUT', '/limits', { PutObject: 10 });
    assert.deepEqual((await call('GET', '/limits')).body, { PutObject: 10 });
    await call('POST', '/reset');
    assert.deepEqual((await call('GET', '/limits')).body, {});
    await put();
  });

  it('returns the counts and the log of requests', async () => {
    await call('POST', '/stats/reset');
    await put();
    const { byOperation } = (await call('GET', '/stats')).body as ReturnType<StoreFixture['server']['faults']['stats']>;
    assert.deepEqual(byOperation['PutObject'], {
      total: 1,
      inFlight: 0,
      maxInFlight: 1,
      byStatus: { 200: 1 },
    });
    const log = (await call('GET', '/log')).body as { sequence: number; operation: string }[];
    const last = log.at(-1);
    assert.equal(last?.operation, 'PutObject');
    assert.deepEqual((await call('GET', `/log?since=${last.sequence}`)).body, []);
  });

  it('reports the problem of an invalid request, and changes nothing', async () => {
    const bad: [method: string, path: string, body: unknown, message: RegExp][] = [
      ['POST', '/rules', { action: { kind: 'explode' } }, /action/],
      [
        'PUT',
        '/rules',
        [{ action: { kind: 'hang' } }, { match: { operation: 'Nothing' }, action: { kind: 'hang' } }],
        /operation/,
      ],
      ['PUT', '/latency', { latencyMs: -1 }, /latencyMs/],
      ['PUT', '/limits', { Nothing: 1 }, /Nothing/],
      ['GET', '/log?since=x', undefined, /expected number/],
    ];
    for (const [method, path, body, message] of bad) {
      const response = await call(method, path, body);
      assert.equal(response.status, 400);
      assert.match(JSON.stringify(response.body), message);
    }
    assert.deepEqual((await call('GET', '/rules')).body, []);
    assert.equal((await call('GET', '/nothing')).status, 404);
  });
});
