import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Ports are taken from below the range that the kernel gives to outgoing connections (from 32768 on Linux, 49152 on
 * macOS): one of those can be taken between our look and the server's start, these hardly.
 */
const lowest = 20_000;
const highest = 32_000;

const attempts = 200;

/**
 * A port on 127.0.0.1 that nobody listens on. No two calls get the same, in whatever processes: it is reserved for as
 * long as this process lives.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = randomInt(lowest, highest);
    if ((await reservePort(port)) && (await isFree(port))) return port;
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

/**
 * Keeps others from choosing this port, in whatever process: by UDP's port of that number, which no server here uses.
 * So a port is known to be taken before its server listens. Says whether it was still to be had.
 */
export async function reservePort(port: number): Promise<boolean> {
  const socket = createSocket('udp4').bind({ port, address: '127.0.0.1', exclusive: true });
  try {
    await once(socket, 'listening');
  } catch {
    return false;
  }
  socket.unref();
  return true;
}
