import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createApp } from '../../../src/api/app.js';
import { createHttpServer } from '../../../src/api/http/server.js';
import { startTestApi, type TestApi } from '../../support/api.js';

describe('what never becomes a request', () => {
  let api: TestApi;

  before(async () => {
    api = await startTestApi();
  });
  after(() => api.close());

  async function exchange(bytes: string): Promise<string> {
    const socket = connect(api.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(bytes, 'latin1');
    return text(socket);
  }

  const post = (headers: string, body = ''): string =>
    `POST /products/ HTTP/1.1\r\nHost: a\r\n${headers}\r\n\r\n${body}`;
  const cases: readonly (readonly [what: string, bytes: string, status?: number, error?: string])[] = [
    ['an unknown method', 'FOO / HTTP/1.1\r\nHost: a\r\n\r\n', 405, 'method not supported'],
    ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', 405, 'method not supported'],
    ['what is not HTTP', '\x16\x03\x01\r\n\r\n', 405, 'method not supported'],
    ['a header that is none', 'GET / HTTP/1.1\r\nHost a\r\n\r\n', 400, 'bad request'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
      'bad request',
    ],
    ['a length and chunks', post('Content-Length: 3\r\nTransfer-Encoding: chunked', '0\r\n\r\n')],
    ['the same length twice', post('Content-Length: 3\r\nContent-Length: 3', 'abc')],
    ['a list of lengths', post('Content-Length: 3, 3', 'abc')],
    ['a length with a sign', post('Content-Length: +3', 'abc')],
    ['a length that is negative', post('Content-Length: -1')],
    ['a length in base 16', post('Content-Length: 0x3', 'abc')],
    ['a space before the colon', post('Content-Length : 3', 'abc')],
    ['chunks and something after them', post('Transfer-Encoding: chunked, identity', '0\r\n\r\n')],
    ['chunks said twice', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', '0\r\n\r\n')],
    ['an encoding that looks like chunks', post('Transfer-Encoding: xchunked', '0\r\n\r\n')],
    ['a chunk whose size is none', post('Transfer-Encoding: chunked', 'zz\r\n')],
    ['a chunk whose size is negative', post('Transfer-Encoding: chunked', '-1\r\n')],
    ['a chunk whose size is beyond numbers', post('Transfer-Encoding: chunked', `${'f'.repeat(20)}\r\n`)],
    ['chunks with line feeds alone', post('Transfer-Encoding: chunked', '3\nabc\n0\n\n')],
    ['a header that goes on in the next line', post('X: a\r\n b')],
    ['a header before which there is a space', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n'],
    ['line feeds alone', 'GET / HTTP/1.1\nHost: a\n\n'],
    ['a carriage return within a header', post('X: a\rY: b')],
    ['a null character within a header', post('X: a\0b')],
    ['a version that is none', 'GET / HTTP/9.9\r\nHost: a\r\n\r\n'],
    [
      'headers that never end',
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'request header fields too large',
    ],
  ];
  for (const [what, bytes, status = 400, error = 'bad request'] of cases) {
    it(`is refused in JSON: ${what}`, async () => {
      const [head = '', body = ''] = (await exchange(bytes)).split('\r\n\r\n');
      assert.match(head, new RegExp(`^HTTP/1.1 ${status} `));
      assert.match(head, /\r\nContent-Type: application\/json\r\n/);
      assert.match(head, /\r\nConnection: close\r\n/);
      assert.match(head, /\r\nCache-Control: no-store\r\n/);
      assert.match(head, /\r\nX-Content-Type-Options: nosniff\r\n/);
      assert.match(head, /\r\nContent-Security-Policy: default-src 'none';frame-ancestors 'none'\r\n/);
      const { message, ...rest } = JSON.parse(body) as { message: string };
      assert.deepEqual(rest, { status, error });
      assert.notEqual(message, '');
    });
  }

  it('says which methods there are', async () => {
    assert.match(
      await exchange('FOO / HTTP/1.1\r\n\r\n'),
      /\r\nAllow: GET, POST, PATCH, DELETE, HEAD, OPTIONS\r\n/,
    );
  });

  it('is refused without a Host header, in JSON too', async () => {
    const answer = await exchange('GET / HTTP/1.1\r\nConnection: close\r\n\r\n');
    assert.match(answer, /^HTTP\/1.1 400 Bad Request\r\n/);
    assert.match(answer, /The Host header is missing/);
  });

  it('is no request that hides in the body of another: that has one answer, and its successor the next', async () => {
    const hidden = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n';
    const outer = post(`Content-Type: application/json\r\nContent-Length: ${hidden.length}`, hidden);
    const answer = await exchange(`${outer}GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    assert.deepEqual(answer.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 401', 'HTTP/1.1 200']);
  });

  for (const [what, head] of [
    ['has two Host headers', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b'],
    ['has the same Host header twice', 'GET / HTTP/1.1\r\nHost: a\r\nHost: a'],
    ['asks for one host and names another', 'GET http://evil.example/ HTTP/1.1\r\nHost: a'],
  ] as const) {
    it(`is refused where it ${what}`, async () => {
      const answer = await exchange(`${head}\r\nConnection: close\r\n\r\n`);
      assert.match(answer, /^HTTP\/1\.1 400 /);
      assert.match(answer, /The request names more than one host/);
    });
  }

  it('is answered where it asks for all of an address on the host that it names', async () => {
    const answer = await exchange(
      'GET http://A:80/products/ HTTP/1.1\r\nHost: a:80\r\nConnection: close\r\n\r\n',
    );
    assert.match(answer, /^HTTP\/1\.1 200 /);
  });

  describe('because it does not come to its end', () => {
    let server: Server;
    let port: number;

    before(async () => {
      // Long enough that what was sent is read before, also on a busy machine: else the answer is lost with it.
      const patience = { headersTimeout: 1_000, requestTimeout: 1_000, connectionsCheckingInterval: 50 };
      server = createHttpServer(createApp(api.deps).callback(), patience);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      port = (server.address() as AddressInfo).port; // not a pipe: it listens on a port
    });
    after(() => {
      server.close().closeAllConnections();
    });

    for (const [what, bytes] of [
      ['its headers stop', 'GET / HTTP/1.1\r\nHost: a\r\nX-Slow: '],
      ['its body stops', 'POST /products/ HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{'],
      ['its chunks stop', 'POST /products/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{'],
    ] as const) {
      it(`is cut off: ${what}`, async () => {
        const socket = connect(port, '127.0.0.1');
        socket.write(bytes);
        // Resolves only because the server ends the connection.
        assert.match(await text(socket), /HTTP\/1\.1 408 Request Timeout\r\n/);
      });
    }

    it('keeps nobody else waiting', async () => {
      const slow = Array.from({ length: 100 }, () => connect(port, '127.0.0.1'));
      for (const socket of slow) socket.on('error', () => undefined).write('GET / HTTP/1.1\r\nHost: ');
      assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
      for (const socket of slow) socket.destroy();
    });
  });
});
