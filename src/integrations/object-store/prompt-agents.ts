import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';

/** What {@link createPromptAgents} gives, by the names that the SDK's handler has for them. */
export interface PromptAgents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/**
 * Agents whose requests are sent promptly or not at all: as many connections as are asked for, and none used that took
 * longer to make than `maxConnect` milliseconds. The SDK's own limit is a timer, which a process that was frozen
 * meanwhile finds only after it has sent what waited for the connection, when somebody else may be writing already.
 */
export function createPromptAgents(maxConnect: number): PromptAgents {
  const options = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 1_024 };
  const [httpAgent, httpsAgent] = [new HttpAgent(options), new HttpsAgent(options)];
  for (const agent of [httpAgent, httpsAgent]) {
    const connect = agent.createConnection.bind(agent);
    agent.createConnection = (...args) => closeIfLate(connect(...args), maxConnect);
  }
  return { httpAgent, httpsAgent };
}

function closeIfLate<T extends Duplex | null | undefined>(socket: T, maxConnect: number): T {
  const begun = performance.now();
  // Before the listener that sends what waits: whoever listens first is told first.
  socket?.once('connect', () => {
    const took = performance.now() - begun;
    if (took > maxConnect) socket.destroy(new Error(`the connection took ${Math.round(took)} ms`));
  });
  return socket;
}
