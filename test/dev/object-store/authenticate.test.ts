import assert from 'node:assert/strict';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  codeOf,
  presign,
  type RawResponse,
  sendRaw,
  sendSigned,
  type SigningOptions,
  signRequest,
} from './raw-request.js';
import { bucket, createClient, credentials, s3Failure, startStore, type StoreFixture } from './store-fixture.js';

const minuteMs = 60_000;
const temporary = {
  accessKeyId: 'ASIATEMPORARY',
  secretAccessKey: 'temporary-secret',
  sessionToken: 'the+token/==',
};

describe('request signatures', () => {
  let store: StoreFixture;
  const path = `/${bucket}/page.html`;
  before(async () => {
    store = await startStore({ credentials: [credentials, temporary] });
    await store.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'page.html', Body: 'hello' }));
  });
  afterEach(() => {
    store.server.faults.reset();
  });
  after(() => store.close());

  const refused = (response: RawResponse, status: number, code: string): void => {
    assert.deepEqual([response.status, codeOf(response)], [status, code]);
  };
  const get = (options: SigningOptions = {}): Promise<RawResponse> => sendSigned(store.server.url, { path }, options);

  it('admits requests that are signed with the secret', async () => {
    assert.equal((await get()).body, 'hello');
  });

  it('refuses a wrong secret, an unknown key and an unsigned request', async () => {
    const read = new GetObjectCommand({ Bucket: bucket, Key: 'page.html' });
    const wrong = createClient(store.server.url, { secretAccessKey: 'wrong' });
    await assert.rejects(wrong.send(read), s3Failure(403, 'SignatureDoesNotMatch'));
    const unknown = createClient(store.server.url, { accessKeyId: 'UNKNOWN' });
    await assert.rejects(unknown.send(read), s3Failure(403, 'InvalidAccessKeyId'));
    refused(await sendRaw(store.server.url, { path }), 403, 'AccessDenied');
  });

  it('covers method, path, query, headers and body', async () => {
    const request = { method: 'PUT', path, headers: { 'x-amz-meta-a': '1' }, body: 'hello' };
    const signed = signRequest(store.server.url, request);
    const changes = [
      { method: 'POST' },
      { path: `${path}2` },
      { path: `${path}?acl` },
      { headers: { ...signed.headers, 'x-amz-meta-a': '2' } },
    ];
    for (const change of changes) {
      const response = await sendRaw(store.server.url, { ...signed, ...change });
      assert.notEqual(response.status, 200);
      if (!('method' in change)) refused(response, 403, 'SignatureDoesNotMatch');
    }
    refused(await sendRaw(store.server.url, { ...signed, body: 'other' }), 400, 'XAmzContentSHA256Mismatch');
    assert.equal((await sendRaw(store.server.url, signed)).status, 200);
  });

  it('requires that every x-amz- header is signed', async () => {
    const signed = signRequest(store.server.url, { path });
    const response = await sendRaw(store.server.url, {
      ...signed,
      headers: { ...signed.headers, 'x-amz-acl': 'private' },
    });
    refused(response, 403, 'AccessDenied');
    assert.match(response.body, /<HeadersNotSigned>x-amz-acl<\/HeadersNotSigned>/);
  });

  it('requires this region, service and day', async () => {
    const elsewhere = await get({ scope: { region: 'eu-west-1' } });
    refused(elsewhere, 400, 'AuthorizationHeaderMalformed');
    assert.match(elsewhere.body, /<Region>us-east-1<\/Region>/);
    refused(await get({ scope: { service: 'sqs' } }), 400, 'AuthorizationHeaderMalformed');
    refused(await get({ scope: { date: '20130524' } }), 403, 'SignatureDoesNotMatch');
  });

  it('accepts at most 15 minutes of difference to the clock, which tests can move', async () => {
    const now = Date.now();
    assert.equal((await get({ time: now - 14 * minuteMs })).status, 200);
    assert.equal((await get({ time: now + 14 * minuteMs })).status, 200);
    refused(await get({ time: now - 16 * minuteMs }), 403, 'RequestTimeTooSkewed');
    refused(await get({ time: now + 16 * minuteMs }), 403, 'RequestTimeTooSkewed');
    store.server.faults.setClockOffset(16 * minuteMs);
    refused(await get(), 403, 'RequestTimeTooSkewed');
    assert.equal((await get({ time: now + 16 * minuteMs })).status, 200);
  });

  it('requires version 4 and a list of signed headers', async () => {
    const withAuthorization = (authorization: string): Promise<RawResponse> =>
      sendRaw(store.server.url, { path, headers: { authorization } });
    refused(await withAuthorization('AWS AKIDEXAMPLE:signature'), 400, 'InvalidRequest');
    refused(await withAuthorization('AWS4-HMAC-SHA256 nonsense'), 400, 'AuthorizationHeaderMalformed');
    const { headers = {} } = signRequest(store.server.url, { path });
    const others = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'x-amz-content-sha256'));
    refused(await sendRaw(store.server.url, { path, headers: others }), 400, 'InvalidRequest');
  });

  it('requires the token of temporary credentials', async () => {
    const { accessKeyId, secretAccessKey, sessionToken } = temporary;
    const options = { scope: { accessKeyId }, secretAccessKey };
    const withToken = { path, headers: { 'x-amz-security-token': sessionToken } };
    assert.equal((await sendSigned(store.server.url, withToken, options)).status, 200);
    refused(await sendSigned(store.server.url, { path }, options), 400, 'InvalidToken');
    refused(await sendSigned(store.server.url, withToken), 400, 'InvalidToken');
  });

  describe('presigned addresses', () => {
    const send = (method: string, presigned: string, body?: string, headers = {}): Promise<RawResponse> =>
      sendRaw(store.server.url, {
        method,
        path: presigned,
        headers,
        ...(body === undefined ? {} : { body }),
      });

    it('admits any client to read and write the one object of a presigned address', async () => {
      const key = `/${bucket}/a%20b%2Bc.html`;
      const put = presign(store.server.url, { method: 'PUT', path: key });
      assert.equal((await send('PUT', put, 'presigned')).status, 200);
      assert.equal((await send('GET', presign(store.server.url, { path: key }))).body, 'presigned');
      refused(await send('PUT', presign(store.server.url, { path: key }), 'x'), 403, 'SignatureDoesNotMatch');
      refused(await send('GET', put.replace('a%20b', 'other')), 403, 'SignatureDoesNotMatch');
    });

    it('refuses a presigned address after its expiry', async () => {
      const presigned = presign(store.server.url, { path }, { expiresSeconds: 3600 });
      store.server.faults.setClockOffset(59 * minuteMs);
      assert.equal((await send('GET', presigned)).status, 200);
      store.server.faults.setClockOffset(61 * minuteMs);
      const response = await send('GET', presigned);
      refused(response, 403, 'AccessDenied');
      assert.match(response.body, /Request has expired/);
      const tooLong = presign(store.server.url, { path }, { expiresSeconds: 604_801 });
      refused(await send('GET', tooLong), 400, 'AuthorizationQueryParametersError');
    });

    it('accepts x-amz- headers in the query of a presigned address', async () => {
      const target = `/${bucket}/hoisted?x-amz-meta-name=value&x-amz-acl=public-read`;
      assert.equal((await send('PUT', presign(store.server.url, { method: 'PUT', path: target }), 'x')).status, 200);
      const anonymous = await sendRaw(store.server.url, { path: `/${bucket}/hoisted` });
      assert.equal(anonymous.headers['x-amz-meta-name'], 'value');
    });

    it('requires the signed headers of a presigned address', async () => {
      const headers = { 'content-type': 'text/html' };
      const presigned = presign(store.server.url, { method: 'PUT', path, headers });
      assert.equal((await send('PUT', presigned, 'x', headers)).status, 200);
      refused(await send('PUT', presigned, 'x', { 'content-type': 'text/css' }), 403, 'SignatureDoesNotMatch');
    });

    it('refuses an incomplete presigned address', async () => {
      refused(await send('GET', `${path}?X-Amz-Signature=abc`), 400, 'AuthorizationQueryParametersError');
    });
  });
});
