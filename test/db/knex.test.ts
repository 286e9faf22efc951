import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { attentiveSocket } from '../../src/db/knex.js';
import { freeze } from '../support/freeze.js';

const silence = 200;

describe('the socket of a connection to PostgreSQL', () => {
  let server: Server;
  let peer: Promise<Socket>;
  let socket: Socket;

  beforeEach(async () => {
    server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    peer = once(server, 'connection').then(([accepted]) => accepted as Socket);
    socket = attentiveSocket(silence);
    socket.connect((server.address() as AddressInfo).port, '127.0.0.1'); // a TCP port, not a pipe
    await once(socket, 'connect');
  });

  afterEach(async () => {
    socket.destroy();
    (await peer).destroy();
    server.close();
  });

  it('closes the connection when it receives nothing for too long', async () => {
    await assert.rejects(once(socket, 'close'), { code: 'ETIMEDOUT' });
    assert.equal(socket.destroyed, true);
  });

  it('keeps the connection while it receives data', async () => {
    const speaker = await peer;
    socket.resume();
    for (let word = 0; word < 10; word += 1) {
      speaker.write('x');
      await sleep(silence / 4);
    }
    assert.equal(socket.destroyed, false);
  });

  it('keeps the connection when this process slept and the answer has arrived', async () => {
    const speaker = await peer;
    const heard = once(socket, 'data');
    // Written but not read: the event loop does not turn before it is frozen.
    speaker.write('x');
    freeze(2 * silence);
    await heard;
    assert.equal(socket.destroyed, false);
  });
});
