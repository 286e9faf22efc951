import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { createTemporalClient, type TemporalClient } from '../../../src/integrations/temporal/connect.js';
import { eventually } from '../../support/eventually.js';

describe('a Temporal client that is closed while it repeats a call', () => {
  let server: Server;
  let connections = 0;

  before(async () => {
    // Accepts connections and closes them, as a restarting server does, so that calls fail and are repeated.
    server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  after((done) => void server.close(done));

  it('abandons the call and raises no uncaught error', async () => {
    const uncaught = collectUncaught();
    try {
      const client = callingClient();
      await eventually('a call to fail', () => Promise.resolve(connections > 0));
      await client.close();
      // Four more connections take longer than the time left on the first client's timer.
      const other = callingClient();
      const before = connections;
      await eventually('calls to fail', () => Promise.resolve(connections >= before + 4));
      await other.close();
    } finally {
      uncaught.stop();
    }
    assert.deepEqual(uncaught.errors, []);
  });

  function callingClient(): TemporalClient {
    const { port } = server.address() as AddressInfo; // a TCP port, not a pipe
    const client = createTemporalClient({ connectionOptions: { address: `127.0.0.1:${port}` } });
    client.client.workflow
      .getHandle('any')
      .describe()
      .catch(() => undefined); // the failure of the call is not under test
    return client;
  }
});

/** Removes mocha's listeners for uncaught errors until `stop`. */
function collectUncaught(): { readonly errors: unknown[]; stop(): void } {
  const errors: unknown[] = [];
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => errors.push(error));
  return {
    errors,
    stop: () => {
      process.removeAllListeners('uncaughtException');
      for (const listener of listeners) process.on('uncaughtException', listener);
    },
  };
}
