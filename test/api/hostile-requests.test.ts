import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import type { Test } from 'supertest';
import { bodyOf, startTestApi, type TestApi, type TestClient } from '../support/api.js';
import { productBody } from '../support/products.js';

describe('hostile requests', () => {
  let api: TestApi;
  let admin: TestClient;

  before(async () => {
    api = await startTestApi();
    admin = await api.as('all');
    await admin.post('/products/', productBody()).expect(201);
  });
  after(() => api.close());

  /** Sends a path unchanged; other clients resolve and encode it. */
  const get = async (path: string): Promise<{ message: IncomingMessage; body: unknown }> => {
    const sent = request({ host: '127.0.0.1', port: api.port, path }).end();
    const [message] = (await once(sent, 'response')) as [IncomingMessage];
    return { message, body: await json(message) };
  };

  for (const path of [
    '/products/../../etc/passwd',
    '/products/..%2f..%2fetc%2fpasswd',
    '/products/%2e%2e/%2e%2e',
    '/products/%252e%252e%252f',
    '/products/pipelines%00',
    '/products/pipelines%0d%0aSet-Cookie:%20a=b',
    '/products/pipelines\\..\\..',
    '/products/pipelines%5c..',
    '/products/%c0%ae%c0%ae/',
    '/products/%ff',
    '/products/%',
    '/products/%e2%80%ae',
    `/products/${'a'.repeat(8_000)}`,
    '/products/__proto__',
    '/products/constructor',
    '/builds/1%00',
    '/builds/1e0',
    '/builds/-1',
    '/builds/99999999999999999999999999',
    '/queue/..%2f..%2fproducts',
    "/queue/' OR 1=1 --".replaceAll(' ', '%20'),
    '//evil.example/products',
    '/.git/config',
  ]) {
    it(`answers 404 for the path ${path.length > 80 ? `${path.slice(0, 40)}...` : path}`, async () => {
      const { message, body } = await get(path);
      assert.deepEqual([message.statusCode, (body as { error: string }).error], [404, 'not found']);
    });
  }

  it('adds no header to an answer through the address in a redirect', async () => {
    for (const query of ['%0d%0aSet-Cookie:%20a=b', '%e2%80%a8', '\\', '%00']) {
      const { statusCode, headers } = (await get(`/products?${query}`)).message;
      assert.equal(statusCode, 308);
      assert.equal(headers.location, `${api.baseUrl}/products/?${query}`);
      assert.equal(headers['set-cookie'], undefined);
    }
  });

  it('redirects to no other host', async () => {
    for (const path of ['//evil.example/products', '/\\evil.example/products', '/%2f%2fevil.example/products'])
      assert.equal((await get(path)).message.headers.location, undefined, path);
  });

  describe('hostile requests in JSON', () => {
    let token: string;
    before(async () => {
      token = await api.token('all');
    });
    const post = (body: string): Test => {
      const prepared = api.http.post('/products/').auth(token, '').set('Content-Type', 'application/json');
      // superagent sends a body that it cannot serialise unchanged.
      return prepared.serialize((text) => String(text)).send(body);
    };

    it('ignores keys named like inherited properties', async () => {
      for (const name of ['__proto__', 'constructor', 'prototype'])
        await post(`{"${name}":{"slug":"polluted","title":"x"},"slug":1}`).expect(400);
      assert.equal(Reflect.get({}, 'slug'), undefined);
    });

    it('ignores a hundred thousand unknown keys', async () => {
      const many = Array.from({ length: 100_000 }, (_one, n) => `"${n.toString(36)}":1`).join(',');
      assert.equal(bodyOf(await post(`{${many}}`).expect(400))['message'], 'Invalid Product: missing slug');
    });

    for (const number of ['1e999', '-1e999', '1e-999', '9'.repeat(5_000), `0.${'1'.repeat(5_000)}`, '-0']) {
      it(`refuses the number ${number.slice(0, 12)} in place of a text`, async () => {
        assert.equal(
          bodyOf(await post(`{"slug":${number}}`).expect(400))['message'],
          'Invalid Product: slug must be a string',
        );
      });
    }

    it('uses the last value of a key that occurs twice', async () => {
      const { slug, ...others } = productBody({ slug: 'twice' });
      const text = `{"slug":"..","slug":${JSON.stringify(slug)},${JSON.stringify(others).slice(1)}`;
      await post(text).expect(201);
    });

    for (const slug of [
      ...['..', '.', 'a/b', 'a\\b', 'a%2fb', 'a\r\nb', 'a\0b', 'a\u2028b', 'a\u202eb', '\u001b[31m'],
      ...['ａ', 'é', 'a b', '<script>', 'v'.repeat(256), '__proto__\n', '\ud800'],
    ]) {
      it(`refuses an edition with the slug ${JSON.stringify(slug).slice(0, 24)}`, async () => {
        const body = { slug, title: 'x', mode: 'git_refs', tracked_refs: ['a'] };
        const answer = await admin.post('/products/pipelines/editions/', body).expect(400);
        assert.equal(bodyOf(answer)['error'], 'bad request');
      });
    }

    it("signs no upload outside the build's prefix", async () => {
      const answer = await admin
        .post('/products/pipelines/builds/', { git_refs: ['main'], directories: ['/', '../2/'] })
        .set('Accept', 'application/vnd.ltdkeeper.v2+json')
        .expect(400);
      assert.match(String(bodyOf(answer)['message']), /^Invalid directories: "\.\.\/2\/" must not hold/);
    });
  });

  it('sends the headers against rendering, framing and storing with every answer', async () => {
    const answers = await Promise.all([
      api.http.get('/products/'),
      api.http.get('/products').redirects(0),
      api.http.get('/nope'),
      api.http.get('/token'),
      api.http.put('/products/'),
      api.http.options('/products/'),
      api.http.get('/').set('Host', 'a/b'),
      admin.post('/products/', productBody()),
      api.http.get('/docs'),
      api.http.get('/openapi.json'),
      api.http.get('/healthz'),
    ]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 308, 404, 401, 405, 200, 400, 409, 200, 200, 200],
    );
    for (const answer of answers) {
      assert.equal(answer.get('x-content-type-options'), 'nosniff');
      assert.match(answer.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/);
      assert.equal(answer.get('referrer-policy'), 'no-referrer');
      assert.equal(answer.get('x-powered-by'), undefined);
      assert.equal(answer.get('server'), undefined);
    }
  });
});
