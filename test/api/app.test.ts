import assert from 'node:assert/strict';
import { z } from 'zod';
import { createApp } from '../../src/api/app.js';
import { defineRoute } from '../../src/api/http/route.js';
import { createHttpServer } from '../../src/api/http/server.js';
import { LtdError } from '../../src/domain/errors.js';
import { createLogger } from '../../src/observability/logger.js';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import request from 'supertest';
import { request as undiciRequest } from 'undici';
import { bodyOf, startTestApi, type TestApi } from '../support/api.js';
import { productBody } from '../support/products.js';

const mebibyte = 1024 * 1024;

describe('the API', () => {
  let api: TestApi;
  let token: string;

  before(async () => {
    api = await startTestApi();
    token = await api.token('product');
    await (await api.as('product')).post('/products/', productBody()).expect(201);
  });
  after(() => api.close());

  describe('answers', () => {
    it('as application/json and nothing more, whatever it answers', async () => {
      for (const path of ['/', '/products/', '/products/pipelines', '/products/nope', '/nope', '/products'])
        assert.equal((await api.http.get(path)).get('content-type'), 'application/json', path);
    });

    it('with headers that keep browsers from rendering, framing and storing', async () => {
      const response = await api.http.get('/products/').expect(200);
      assert.equal(response.get('x-content-type-options'), 'nosniff');
      assert.equal(response.get('content-security-policy'), "default-src 'none';frame-ancestors 'none'");
      assert.equal(response.get('cache-control'), 'no-store');
      assert.equal(response.get('x-powered-by'), undefined);
    });

    it('with the id that the request came with, if it is sane', async () => {
      const idOf = async (id: string): Promise<string | undefined> =>
        (await api.http.get('/').set('X-Request-Id', id)).get('x-request-id');
      assert.equal(await idOf('ci-1234:5.6'), 'ci-1234:5.6');
      for (const id of ['', 'a b', 'a"b', '<script>', 'x'.repeat(129)])
        assert.match((await idOf(id)) ?? '', /^[-0-9a-f]{36}$/);
    });

    it('at its root what it is and where to begin', async () => {
      const response = await api.http.get('/').expect(200);
      assert.deepEqual(response.body, {
        data: {
          server_version: '1.24.0',
          documentation: `${api.baseUrl}/docs`,
          message: 'LTD Keeper is the API service for managing LSST the Docs projects.',
        },
        links: {
          self: `${api.baseUrl}/`,
          token: `${api.baseUrl}/token`,
          products: `${api.baseUrl}/products/`,
        },
      });
    });

    it('HEAD like GET, without the body', async () => {
      const get = await api.http.get('/products/pipelines').expect(200);
      const head = await api.http.head('/products/pipelines').expect(200);
      assert.equal(head.text, undefined);
      assert.equal(head.get('content-length'), String(Buffer.byteLength(get.text)));
      assert.equal(head.get('content-type'), 'application/json');
      await api.http.head('/products/nope').expect(404);
    });

    it('OPTIONS with the methods of the address', async () => {
      const response = await api.http.options('/products/').expect(200);
      assert.equal(response.get('allow'), 'GET, HEAD, OPTIONS, POST');
      assert.equal(response.text, '');
      await api.http.options('/nope').expect(404);
    });

    it('another method with 405 and those that it knows', async () => {
      for (const method of ['put', 'delete', 'trace', 'propfind'] as const) {
        const response = await api.http[method]('/products/').expect(405);
        assert.equal(response.get('allow'), 'GET, HEAD, OPTIONS, POST');
        assert.deepEqual(response.body, {
          status: 405,
          error: 'method not supported',
          message: 'the method is not supported',
        });
      }
    });

    it('a collection without its slash with a permanent redirect, before it asks who is there', async () => {
      const get = await api.http.get('/products?a=b&c').redirects(0).expect(308);
      assert.equal(get.get('location'), `${api.baseUrl}/products/?a=b&c`);
      const post = await api.http
        .post('/products')
        .set('Host', 'keeper.example.org')
        .send({})
        .redirects(0)
        .expect(308);
      assert.equal(post.get('location'), 'http://keeper.example.org/products/');
    });

    it('an unknown address, and an item with a slash behind it, with 404', async () => {
      for (const path of ['/nope', '/products/pipelines/', '/token/', '//', '/products//', '/.env'])
        assert.deepEqual((await api.http.get(path).expect(404)).body, {
          status: 404,
          error: 'not found',
          message: 'invalid resource URI',
        });
    });

    it('with URLs of the host that was asked, and of no other', async () => {
      const response = await api.http
        .get('/products/')
        .set('Host', 'keeper.example.org:8080')
        .set('X-Forwarded-Host', 'evil.example')
        .set('X-Forwarded-Proto', 'https')
        .expect(200);
      assert.deepEqual(bodyOf(response)['products'], ['http://keeper.example.org:8080/products/pipelines']);
    });

    it('a host that is none with 400', async () => {
      const response = await api.http.get('/').set('Host', 'a/../b').expect(400);
      assert.equal(bodyOf(response)['error'], 'bad request');
    });
  });

  describe('refuses a body', () => {
    const post = (body: string | Buffer, type = 'application/json'): request.Test => {
      const prepared = api.http.post('/products/').auth(token, '').set('Content-Type', type);
      // What superagent does not know how to serialise it sends as it is.
      return prepared.serialize((text) => String(text)).send(body as string);
    };

    for (const body of ['', '{', '{"slug": }', "{'slug': 1}", '{"a":1}x', 'null,', '\u0000', '{"a":"\n"}']) {
      it(`that is not JSON: ${JSON.stringify(body)}`, async () => {
        assert.deepEqual((await post(body).expect(400)).body, {
          status: 400,
          error: 'bad request',
          message: 'The body is not valid JSON: send a JSON object in UTF-8.',
        });
      });
    }

    for (const body of ['null', '[]', '"text"', '1', 'true', '[{"slug":"a"}]']) {
      it(`that is no object: ${body}`, async () => {
        assert.equal(
          bodyOf(await post(body).expect(400))['message'],
          'Invalid Product: the body must be a JSON object',
        );
      });
    }

    it('that is not UTF-8', async () => {
      const { status, text } = await raw(api, token, {}, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]));
      assert.equal(status, 400);
      assert.match(text, /not valid UTF-8/);
    });

    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'json',
      '*/*',
    ]) {
      it(`of the type ${type}`, async () => {
        const response = await post('{}', type).expect(415);
        assert.deepEqual(response.body, {
          status: 415,
          error: 'unsupported media type',
          message: 'The Content-Type of the request must be application/json.',
        });
      });
    }

    it('without a type, or in another charset, or compressed', async () => {
      assert.equal((await raw(api, token, { 'content-type': undefined }, '{}')).status, 415);
      await post('{}', 'application/json; charset=latin1').expect(415);
      assert.equal((await raw(api, token, { 'content-encoding': 'gzip' }, '{}')).status, 415);
      await post('{}', 'Application/JSON; charset="UTF-8"').expect(400);
      await post('{}', 'application/merge-patch+json').expect(400);
    });

    it('of more than a mebibyte, and takes one of just that', async () => {
      const filled = (length: number): string => `{"a":"${'x'.repeat(length - 8)}"}`;
      assert.equal(
        bodyOf(await post(filled(mebibyte)).expect(400))['message'],
        'Invalid Product: missing slug',
      );
      assert.deepEqual((await post(filled(mebibyte + 1)).expect(413)).body, {
        status: 413,
        error: 'payload too large',
        message: 'The body is larger than 1048576 bytes (1 MiB).',
      });
    });

    it('of more than a mebibyte that does not say how long it is', async () => {
      const { status } = await raw(api, token, {}, Readable.from(chunks(5 * mebibyte)));
      assert.equal(status, 413);
    });

    it('that breaks off, and goes on answering others', async () => {
      const headers = `Host: a\r\nAuthorization: Basic ${Buffer.from(`${token}:`).toString('base64')}\r\nContent-Type: application/json`;
      const socket = connect(api.port, '127.0.0.1');
      socket.write(`POST /products/ HTTP/1.1\r\n${headers}\r\nContent-Length: 100\r\n\r\n{"slug"`);
      await once(socket, 'connect');
      socket.end();
      await once(socket.resume(), 'close');
      await api.http.get('/products/').expect(200);
    });

    it('that is deep, without harm', async () => {
      const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
      await post(deep).expect(400);
      await post(`{"slug":${deep}}`).expect(400);
      await post(`{"unknown":${deep}}`).expect(400);
    });

    it('that means to change what all objects inherit', async () => {
      await post('{"__proto__":{"slug":"polluted"},"constructor":{}}').expect(400);
      assert.equal(Reflect.get({}, 'slug'), undefined);
    });
  });

  describe('behind proxies', () => {
    it('believes as many as it is told to', async () => {
      const app = createApp({
        ...api.deps,
        http: { baseUrl: null, scheme: null, trust: { for: 2, proto: 2, host: 2, port: 0 } },
      });
      const response = await request(app.callback())
        .get('/products/')
        .set('X-Forwarded-Host', 'evil.example, keeper.example.org, inner')
        .set('X-Forwarded-Proto', 'http, https, http')
        .expect(200);
      assert.deepEqual(bodyOf(response)['products'], ['https://keeper.example.org/products/pipelines']);
    });

    it('uses the configured address, whatever is asked', async () => {
      const app = createApp({
        ...api.deps,
        http: { ...api.deps.http, baseUrl: 'https://keeper.example.org' },
      });
      const response = await request(app.callback()).get('/products/').set('Host', 'a/b').expect(200);
      assert.deepEqual(bodyOf(response)['products'], ['https://keeper.example.org/products/pipelines']);
    });
  });

  describe('with a fault of its own', () => {
    const lines: string[] = [];
    const broken = defineRoute({
      name: 'broken',
      method: 'GET',
      path: '/broken',
      summary: 'Fails',
      auth: 'anonymous',
      responses: { 200: { description: 'never', schema: z.strictObject({ n: z.number() }) } },
      handler: () => {
        throw new TypeError('the password is hunter2', { cause: { password: 'hunter2' } });
      },
    });
    const wrong = defineRoute({
      ...broken,
      path: '/wrong',
      responses: { 200: { description: 'a number', schema: z.strictObject({ n: z.number() }) } },
      // A key too many, which the compiler cannot see.
      handler: () => ({ status: 200, body: Object.assign({ n: 1 }, { secret: 1 }) }),
    });

    const undeclared = defineRoute({
      ...broken,
      path: '/undeclared',
      handler: () => {
        throw new LtdError('conflict', 'not declared');
      },
    });

    function http(checkResponses: boolean): ReturnType<typeof request> {
      const logger = createLogger({
        level: 'info',
        name: 'test',
        destination: { write: (line: string) => void lines.push(line) },
      });
      const server = createHttpServer(
        createApp({ ...api.deps, logger, checkResponses }, [broken, wrong, undeclared]).callback(),
      );
      return request(server);
    }

    it('says nothing of it but the id under which it is in the log', async () => {
      const response = await http(false).get('/broken').expect(500);
      assert.deepEqual(response.body, {
        status: 500,
        error: 'internal server error',
        message: 'Something went wrong in the service. The X-Request-Id of this answer names it in the log.',
      });
      const id = response.get('x-request-id') ?? '';
      assert.ok(lines.some((line) => line.includes(id) && line.includes('TypeError')));
    });

    it('refuses to send a failure that a route does not declare, while it is tested', async () => {
      await http(true).get('/undeclared').expect(500);
      await http(false).get('/undeclared').expect(409);
    });

    it('refuses to send what a route does not declare, while it is tested', async () => {
      await http(true).get('/wrong').expect(500);
      await http(false).get('/wrong').expect(200);
    });
  });
});

async function raw(
  api: TestApi,
  token: string,
  headers: Readonly<Record<string, string | undefined>>,
  body: string | Buffer | Readable,
): Promise<{ readonly status: number; readonly text: string }> {
  const all: Readonly<Record<string, string | undefined>> = {
    authorization: `Basic ${Buffer.from(`${token}:`).toString('base64')}`,
    'content-type': 'application/json',
    ...headers,
  };
  const known = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const response = await undiciRequest(`${api.baseUrl}/products/`, {
    method: 'POST',
    headers: Object.fromEntries(known),
    body,
  });
  return { status: response.statusCode, text: await response.body.text() };
}

/** So many bytes in pieces. */
function* chunks(length: number): Iterable<Buffer> {
  for (let sent = 0; sent < length; sent += 65_536) yield Buffer.alloc(65_536, ' ');
}
