import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Agent, request } from 'undici';
import { createApp } from '../../../src/api/app.js';
import { requestSignal } from '../../../src/api/http/middleware/dispatch.js';
import { createHttpServer, drain } from '../../../src/api/http/server.js';
import { startTestApi, type TestApi } from '../../support/api.js';

describe('bytes that are not a valid request', () => {
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
    ['text that is not HTTP', '\x16\x03\x01\r\n\r\n', 405, 'method not supported'],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost a\r\n\r\n', 400, 'bad request'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400, 'bad request'],
    ['a length and chunks', post('Content-Length: 3\r\nTransfer-Encoding: chunked', '0\r\n\r\n')],
    ['the same length twice', post('Content-Length: 3\r\nContent-Length: 3', 'abc')],
    ['a list of lengths', post('Content-Length: 3, 3', 'abc')],
    ['a length with a sign', post('Content-Length: +3', 'abc')],
    ['a length that is negative', post('Content-Length: -1')],
    ['a length in base 16', post('Content-Length: 0x3', 'abc')],
    ['a space before the colon', post('Content-Length : 3', 'abc')],
    ['chunks and more encodings after them', post('Transfer-Encoding: chunked, identity', '0\r\n\r\n')],
    ['chunks twice', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', '0\r\n\r\n')],
    ['an encoding that looks like chunks', post('Transfer-Encoding: xchunked', '0\r\n\r\n')],
    ['a chunk with an invalid size', post('Transfer-Encoding: chunked', 'zz\r\n')],
    ['a chunk with a negative size', post('Transfer-Encoding: chunked', '-1\r\n')],
    ['a chunk whose size overflows', post('Transfer-Encoding: chunked', `${'f'.repeat(20)}\r\n`)],
    ['chunks with line feeds alone', post('Transfer-Encoding: chunked', '3\nabc\n0\n\n')],
    ['a header that continues on the next line', post('X: a\r\n b')],
    ['a header after a space', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n'],
    ['line feeds alone', 'GET / HTTP/1.1\nHost: a\n\n'],
    ['a carriage return within a header', post('X: a\rY: b')],
    ['a null character within a header', post('X: a\0b')],
    ['an invalid version', 'GET / HTTP/9.9\r\nHost: a\r\n\r\n'],
    [
      'headers that never end',
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'request header fields too large',
    ],
  ];
  for (const [what, bytes, status = 400, error = 'bad request'] of cases) {
    it(`refuses ${what} with an error in JSON`, async () => {
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

  it('names the supported methods when it refuses a method', async () => {
    assert.match(await exchange('FOO / HTTP/1.1\r\n\r\n'), /\r\nAllow: GET, POST, PATCH, DELETE, HEAD, OPTIONS\r\n/);
  });

  it('refuses a request without a Host header with an error in JSON', async () => {
    const answer = await exchange('GET / HTTP/1.1\r\nConnection: close\r\n\r\n');
    assert.match(answer, /^HTTP\/1.1 400 Bad Request\r\n/);
    assert.match(answer, /The Host header is missing/);
  });

  it("does not parse a request smuggled inside another's body", async () => {
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
    it(`refuses a request that ${what}`, async () => {
      const answer = await exchange(`${head}\r\nConnection: close\r\n\r\n`);
      assert.match(answer, /^HTTP\/1\.1 400 /);
      assert.match(answer, /The request names more than one host/);
    });
  }

  it('answers a request whose address is a full URL of the host that it names', async () => {
    const answer = await exchange('GET http://A:80/products/ HTTP/1.1\r\nHost: a:80\r\nConnection: close\r\n\r\n');
    assert.match(answer, /^HTTP\/1\.1 200 /);
  });

  describe('requests that never end', () => {
    let server: Server;
    let port: number;

    before(async () => {
      // Long enough that the request was read before; otherwise a busy machine loses the answer with it.
      const patience = { headersTimeout: 1_000, requestTimeout: 1_000, connectionsCheckingInterval: 50 };
      server = createHttpServer(createApp(api.deps).callback(), patience);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      port = (server.address() as AddressInfo).port; // a TCP port, not a pipe
    });
    after(() => {
      server.close().closeAllConnections();
    });

    for (const [what, bytes] of [
      ['whose headers stop', 'GET / HTTP/1.1\r\nHost: a\r\nX-Slow: '],
      ['whose body stops', 'POST /products/ HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{'],
      ['whose chunks stop', 'POST /products/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{'],
    ] as const) {
      it(`cuts off a request ${what}`, async () => {
        const socket = connect(port, '127.0.0.1');
        socket.write(bytes);
        // Resolves only because the server ends the connection.
        assert.match(await text(socket), /HTTP\/1\.1 408 Request Timeout\r\n/);
      });
    }

    it('answers other clients while slow requests are open', async () => {
      const slow = Array.from({ length: 100 }, () => connect(port, '127.0.0.1'));
      for (const socket of slow) socket.on('error', () => undefined).write('GET / HTTP/1.1\r\nHost: ');
      assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
      for (const socket of slow) socket.destroy();
    });
  });
});

describe('drain', () => {
  async function serve(listener: RequestListener): Promise<{ readonly server: Server; readonly url: string }> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }; // a TCP port
  }

  it('ends at once when the only connections are idle', async () => {
    const { server, url } = await serve((_request, response) => response.end('ok'));
    const dispatcher = new Agent({ keepAliveTimeout: 600_000 });
    await (await request(url, { dispatcher })).body.text();
    assert.equal(await drain(server), true);
    await dispatcher.destroy();
  });

  it('cuts a request that does not end in time', async () => {
    const { server, url } = await serve(() => undefined);
    const answer = request(url).then(
      () => 'answered',
      () => 'cut',
    );
    await once(server, 'request');
    assert.equal(await drain(server, 50), false);
    assert.equal(await answer, 'cut');
  });

  it('aborts the signal of current and later requests when the process stops', async () => {
    const stopping = new AbortController();
    const signals: AbortSignal[] = [];
    const { server, url } = await serve((_request, response) => {
      const signal = requestSignal(response, stopping.signal);
      signals.push(signal);
      const end = (): void => void response.end('ended');
      if (signal.aborted) end();
      else signal.addEventListener('abort', end);
    });
    const first = request(url);
    await once(server, 'request');
    stopping.abort();
    assert.equal(await (await first).body.text(), 'ended');
    assert.equal(await (await request(url)).body.text(), 'ended');
    assert.equal(await drain(server), true);
  });

  it('aborts the signal of a request whose client has gone', async () => {
    let gone: Promise<unknown> | undefined;
    const { server, url } = await serve((_request, response) => {
      gone = once(requestSignal(response, new AbortController().signal), 'abort');
    });
    const leaving = new AbortController();
    const answer = request(url, { signal: leaving.signal }).catch(() => undefined);
    await once(server, 'request');
    leaving.abort();
    await answer;
    await gone;
    assert.equal(await drain(server), true);
  });
});
