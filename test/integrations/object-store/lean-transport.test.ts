import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Deadline } from '../../../src/integrations/object-store/deadline.js';
import { createLeanTransport } from '../../../src/integrations/object-store/lean-transport.js';
import { freeze } from '../../support/freeze.js';

describe('createLeanTransport', () => {
  const transport = createLeanTransport();
  let server: Server;
  let asked: string[] = [];
  before(async () => {
    server = createServer(({ url }, response) => {
      asked.push(url ?? '');
      if (url === '/silent') return;
      response.setHeader('X-Letter', 'e');
      response.end('whole');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => {
    asked = [];
  });
  after(() => {
    transport.destroy();
    server.close();
  });

  const send = (path: string, deadline: Deadline) => {
    const { port } = server.address() as AddressInfo; // it listens on TCP
    const origin = `http://127.0.0.1:${port}`;
    const request = { origin, method: 'PUT' as const, path, headers: ['a', 'b'], body: null };
    return transport.send(request, deadline).finally(() => {
      deadline.end();
    });
  };

  it('returns the answer with its headers by lower-case name', async () => {
    const { status, body, headers } = await send('/', new Deadline(5_000));
    assert.deepEqual([status, body, headers.get('x-letter')], [200, 'whole', 'e']);
    assert.equal(headers.get('x-lette'), undefined);
    const letters: string[] = [];
    headers.each('x-l', (rest, value) => letters.push(`${rest}=${value}`));
    assert.deepEqual(letters, ['etter=e']);
  });

  it('fails when the time limit has passed', async () => {
    await assert.rejects(send('/silent', new Deadline(20)), /no answer within 20 ms/);
  });

  it('sends nothing after the time limit, even when no timer could fire', async () => {
    await send('/first', new Deadline(5_000)); // opens a connection
    const deadline = new Deadline(5);
    freeze(20);
    await assert.rejects(send('/late', deadline), /no answer within 5 ms/);
    await send('/last', new Deadline(5_000)); // an earlier request would have arrived before this one
    assert.deepEqual(asked, ['/first', '/last']);
  });
});
