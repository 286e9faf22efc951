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

describe("the API's answers", () => {
  let api: TestApi;
  let token: string;

  before(async () => {
    api = await startTestApi();
    token = await api.token('product');
    await (await api.as('product')).post('/products/', productBody()).expect(201);
  });
  after(() => api.close());

  describe('answers to any request', () => {
    it('answers with application/json whatever the request', async () => {
      for (const path of ['/', '/products/', '/products/pipelines', '/products/nope', '/nope', '/products'])
        assert.equal((await api.http.get(path)).get('content-type'), 'application/json', path);
    });

    it('answers with headers that keep browsers from rendering, framing and storing', async () => {
      const response = await api.http.get('/products/').expect(200);
      assert.equal(response.get('x-content-type-options'), 'nosniff');
      assert.equal(response.get('content-security-policy'), "default-src 'none';frame-ancestors 'none'");
      assert.equal(response.get('cache-control'), 'no-store');
      assert.equal(response.get('x-powered-by'), undefined);
    });

    it("answers with the request's X-Request-Id when it is valid", async () => {
      const idOf = async (id: string): Promise<string | undefined> =>
        (await api.http.get('/').set('X-Request-Id', id)).get('x-request-id');
      assert.equal(await idOf('ci-1234:5.6'), 'ci-1234:5.6');
      for (const id of ['', 'a b', 'a"b', '<script>', 'x'.repeat(129)])
        assert.match((await idOf(id)) ?? '', /^[-0-9a-f]{36}$/);
    });

    it('answers at / with its name and the addresses to begin with', async () => {
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

    it('answers HEAD like GET, without the body', async () => {
      const get = await api.http.get('/products/pipelines').expect(200);
      const head = await api.http.head('/products/pipelines').expect(200);
      assert.equal(head.text, undefined);
      assert.equal(head.get('content-length'), String(Buffer.byteLength(get.text)));
      assert.equal(head.get('content-type'), 'application/json');
      await api.http.head('/products/nope').expect(404);
    });

    it('answers OPTIONS with the methods of the address', async () => {
      const response = await api.http.options('/products/').expect(200);
      assert.equal(response.get('allow'), 'GET, HEAD, OPTIONS, POST');
      assert.equal(response.text, '');
      await api.http.options('/nope').expect(404);
    });

    it('answers another method with 405 and the allowed methods', async () => {
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

    it('redirects a collection without its slash permanently, before authentication', async () => {
      const get = await api.http.get('/products?a=b&c').redirects(0).expect(308);
      assert.equal(get.get('location'), `${api.baseUrl}/products/?a=b&c`);
      const post = await api.http.post('/products').set('Host', 'keeper.example.org').send({}).redirects(0).expect(308);
      assert.equal(post.get('location'), 'http://keeper.example.org/products/');
    });

    it('answers 404 for an unknown address and for an item with a trailing slash', async () => {
      for (const path of ['/nope', '/products/pipelines/', '/token/', '//', '/products//', '/.env'])
        assert.deepEqual((await api.http.get(path).expect(404)).body, {
          status: 404,
          error: 'not found',
          message: 'invalid resource URI',
        });
    });

    it('answers with URLs of the requested host', async () => {
      const response = await api.http
        .get('/products/')
        .set('Host', 'keeper.example.org:8080')
        .set('X-Forwarded-Host', 'evil.example')
        .set('X-Forwarded-Proto', 'https')
        .expect(200);
      assert.deepEqual(bodyOf(response)['products'], ['http://keeper.example.org:8080/products/pipelines']);
    });

    it('answers 400 for an invalid host', async () => {
      const response = await api.http.get('/').set('Host', 'a/../b').expect(400);
      assert.equal(bodyOf(response)['error'], 'bad request');
    });
  });

  describe('refused bodies', () => {
    const post = (body: string | Buffer, type = 'application/json'): request.Test => {
      const prepared = api.http.post('/products/').auth(token, '').set('Content-Type', type);
      // superagent sends a body that it cannot serialise unchanged.
      return prepared.serialize((text) => String(text)).send(body as string);
    };

    for (const body of ['', '{', '{"slug": }', "{'slug': 1}", '{"a":1}x', 'null,', '\u0000', '{"a":"\n"}']) {
      it(`refuses a body that is not JSON: ${JSON.stringify(body)}`, async () => {
        assert.deepEqual((await post(body).expect(400)).body, {
          status: 400,
          error: 'bad request',
          message: 'The body is not valid JSON: send a JSON object in UTF-8.',
        });
      });
    }

    for (const body of ['null', '[]', '"text"', '1', 'true', '[{"slug":"a"}]']) {
      it(`refuses a body that is not an object: ${body}`, async () => {
        assert.equal(
          bodyOf(await post(body).expect(400))['message'],
          'Invalid Product: the body must be a JSON object',
        );
      });
    }

    it('refuses a body that is not UTF-8', async () => {
      const { status, text } = await raw(api, token, {}, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]));
      assert.equal(status, 400);
      assert.match(text, /not valid UTF-8/);
    });

    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'json', '*/*']) {
      it(`refuses a body of type ${type}`, async () => {
        const response = await post('{}', type).expect(415);
        assert.deepEqual(response.body, {
          status: 415,
          error: 'unsupported media type',
          message: 'The Content-Type of the request must be application/json.',
        });
      });
    }

    it('refuses a body without a type, with another charset or compressed', async () => {
      assert.equal((await raw(api, token, { 'content-type': undefined }, '{}')).status, 415);
      await post('{}', 'application/json; charset=latin1').expect(415);
      assert.equal((await raw(api, token, { 'content-encoding': 'gzip' }, '{}')).status, 415);
      await post('{}', 'Application/JSON; charset="UTF-8"').expect(400);
      await post('{}', 'application/merge-patch+json').expect(400);
    });

    it('refuses a body larger than 1 MiB and accepts one of exactly 1 MiB', async () => {
      const filled = (length: number): string => `{"a":"${'x'.repeat(length - 8)}"}`;
      assert.equal(bodyOf(await post(filled(mebibyte)).expect(400))['message'], 'Invalid Product: missing slug');
      assert.deepEqual((await post(filled(mebibyte + 1)).expect(413)).body, {
        status: 413,
        error: 'payload too large',
        message: 'The body is larger than 1048576 bytes (1 MiB).',
      });
    });

    it('refuses a body larger than 1 MiB without a Content-Length', async () => {
      const { status } = await raw(api, token, {}, Readable.from(chunks(5 * mebibyte)));
      assert.equal(status, 413);
    });

    it('answers other requests after a body that breaks off', async () => {
      const headers = `Host: a\r\nAuthorization: Basic ${Buffer.from(`${token}:`).toString('base64')}\r\nContent-Type: application/json`;
      const socket = connect(api.port, '127.0.0.1');
      socket.write(`POST /products/ HTTP/1.1\r\n${headers}\r\nContent-Length: 100\r\n\r\n{"slug"`);
      await once(socket, 'connect');
      socket.end();
      await once(socket.resume(), 'close');
      await api.http.get('/products/').expect(200);
    });

    it('refuses a deeply nested body without harm', async () => {
      const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
      await post(deep).expect(400);
      await post(`{"slug":${deep}}`).expect(400);
      await post(`{"unknown":${deep}}`).expect(400);
    });

    it('ignores keys of a body that would change object prototypes', async () => {
      await post('{"__proto__":{"slug":"polluted"},"constructor":{}}').expect(400);
      assert.equal(Reflect.get({}, 'slug'), undefined);
    });
  });

  describe('an API behind proxies', () => {
    it('trusts only the configured number of proxies', async () => {
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

    it('uses the configured address whatever the request says', async () => {
      const app = createApp({
        ...api.deps,
        http: { ...api.deps.http, baseUrl: 'https://keeper.example.org' },
      });
      const response = await request(app.callback()).get('/products/').set('Host', 'a/b').expect(200);
      assert.deepEqual(bodyOf(response)['products'], ['https://keeper.example.org/products/pipelines']);
    });
  });

  describe('an unexpected error', () => {
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
      // An extra key, which the compiler cannot see.
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

    it('answers an unexpected error with the request id only, which the log has too', async () => {
      const response = await http(false).get('/broken').expect(500);
      assert.deepEqual(response.body, {
        status: 500,
        error: 'internal server error',
        message: 'Something went wrong in the service. The X-Request-Id of this answer names it in the log.',
      });
      const id = response.get('x-request-id') ?? '';
      assert.ok(lines.some((line) => line.includes(id) && line.includes('TypeError')));
    });

    it('refuses in tests to send a failure that a route does not declare', async () => {
      await http(true).get('/undeclared').expect(500);
      await http(false).get('/undeclared').expect(409);
    });

    it('refuses in tests to send a body that a route does not declare', async () => {
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

/** This many bytes, in pieces. */
function* chunks(length: number): Iterable<Buffer> {
  for (let sent = 0; sent < length; sent += 65_536) yield Buffer.alloc(65_536, ' ');
}
