import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { startTestApi, type TestApi } from '../support/api.js';

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

  const cases: readonly (readonly [what: string, bytes: string, status: number, error: string])[] = [
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
    [
      'headers that never end',
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'request header fields too large',
    ],
  ];
  for (const [what, bytes, status, error] of cases) {
    it(`is refused in JSON: ${what}`, async () => {
      const [head = '', body = ''] = (await exchange(bytes)).split('\r\n\r\n');
      assert.match(head, new RegExp(`^HTTP/1.1 ${status} `));
      assert.match(head, /\r\nContent-Type: application\/json\r\n/);
      assert.match(head, /\r\nConnection: close\r\n/);
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
});
