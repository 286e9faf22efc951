import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';
import { drain } from '../../../src/api/http/drain.js';
import { requestSignal } from '../../../src/api/http/request-signal.js';

describe('drain', () => {
  async function serve(
    listener: RequestListener,
  ): Promise<{ readonly server: Server; readonly url: string }> {
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
