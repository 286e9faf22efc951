import { Socket } from 'node:net';

/**
 * A socket for a connection to PostgreSQL that breaks with `ETIMEDOUT` once it is connected and nothing has come or gone
 * for so many milliseconds: a server that is frozen, or a network that swallows packets, would else be waited for for
 * ever. What breaks so is used by nobody again: whatever the statement did in the end, its answer can reach no other.
 */
export function attentiveSocket(silence: number): Socket {
  const socket = new Socket();
  socket.once('connect', () => {
    socket.setTimeout(silence);
  });
  socket.on('timeout', () => {
    const heard = socket.bytesRead;
    // It may be this process that was frozen. Then the answer is here, and is read before this is called.
    setImmediate(() => {
      if (socket.bytesRead === heard) socket.destroy(timedOut(silence));
    });
  });
  return socket;
}

/** As the system says it of a peer that is gone. */
function timedOut(silence: number): Error {
  return Object.assign(new Error(`PostgreSQL has sent nothing for ${silence / 1_000} s`), {
    code: 'ETIMEDOUT',
  });
}
