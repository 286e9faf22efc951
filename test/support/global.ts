import { stopServers } from './servers.js';

/** Mocha's global fixture: what the first test files that needed them started is stopped after the last. */
export async function mochaGlobalTeardown(): Promise<void> {
  await stopServers();
}
