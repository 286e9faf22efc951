import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { createTemporalClient, type TemporalClient } from '../../../src/integrations/temporal/connect.js';
import { eventually } from '../../support/eventually.js';

describe('a client of Temporal that is closed while it tries a call again', () => {
  let server: Server;
  let connections = 0;

  before(async () => {
    // Takes connections and ends them, as a server that restarts does: calls fail and are tried again.
    server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  after((done) => void server.close(done));

  it('leaves the call alone, and ends no process', async () => {
    const uncaught = collectUncaught();
    try {
      const client = callingClient();
      await eventually('a call to fail', () => Promise.resolve(connections > 0));
      await client.close();
      // Another one that connects this often takes more time than the first one's timer has left.
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
    const { port } = server.address() as AddressInfo; // not a pipe: it listens on a port
    const client = createTemporalClient({ connectionOptions: { address: `127.0.0.1:${port}` } });
    client.client.workflow
      .getHandle('any')
      .describe()
      .catch(() => undefined); // it fails, and that is not what is tested
    return client;
  }
});

/** Takes uncaught errors out of mocha's hands for a while. */
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
