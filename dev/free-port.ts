import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the kernel's range of outgoing ports (from 32768 on Linux, 49152 on macOS), which can take a port between this
 * check and the server's start.
 */
const lowest = 20_000;
const highest = 32_000;

const attempts = 200;

/** Returns a free port on 127.0.0.1, reserved while this process lives: no other call in any process gets it. */
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
 * Reserves a port against other processes by binding the UDP port of its number, which no server here uses. Returns
 * whether it was free.
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
