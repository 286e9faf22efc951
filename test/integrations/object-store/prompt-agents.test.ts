import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPromptAgents } from '../../../src/integrations/object-store/prompt-agents.js';

describe('createPromptAgents', () => {
  let server: Server;
  let asked = 0;
  before(async () => {
    server = createServer((_request, response) => {
      asked += 1;
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => {
    asked = 0;
  });
  after(() => {
    server.close();
  });

  const ask = async (maxConnect: number): Promise<void> => {
    const { port } = server.address() as AddressInfo; // it listens on TCP
    const { httpAgent } = createPromptAgents(maxConnect);
    try {
      const sent = request({ port, host: '127.0.0.1', agent: httpAgent }).end();
      const [response] = (await once(sent, 'response')) as [{ resume(): void }];
      response.resume();
    } finally {
      httpAgent.destroy();
    }
  };

  it('sends a request over a connection that opened in time', async () => {
    await ask(3_000);
    assert.equal(asked, 1);
  });

  it('sends nothing over a connection that opened too late', async () => {
    await assert.rejects(ask(0), /the connection took \d+ ms/);
    // An earlier request would have arrived before this one.
    await ask(3_000);
    assert.equal(asked, 1);
  });
});
