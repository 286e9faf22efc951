import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Ports are taken from below the range that the kernel gives to outgoing connections (from 32768 on Linux, 49152 on
 * macOS): one of those can be taken between our look and the server's start, these hardly.
 */
const lowest = 20_000;
const highest = 32_000;

const attempts = 200;

/** Handed out by this process already, and perhaps not yet listened on. */
const given = new Set<number>();

/** A port on 127.0.0.1 that nobody listens on. No two calls in one process get the same. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = randomInt(lowest, highest);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port found between ${lowest} and ${highest}`);
}

/** Whether a server could listen on this port of 127.0.0.1 now. */
export async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen(port, '127.0.0.1', () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}
