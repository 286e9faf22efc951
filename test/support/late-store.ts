import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { request } from 'undici';

/** A proxy of an object store that carries out some requests late: after their clients gave up or died. */
export interface LateStore {
  readonly url: string;
  /** The number of requests that the proxy has received in full and not delivered yet. */
  held(): number;
  /** Delivers the held requests; returns the store's statuses. No client receives the answers. */
  deliver(): Promise<readonly number[]>;
  close(): Promise<void>;
}

const ofTheConnection: ReadonlySet<string> = new Set(['connection', 'content-length', 'expect']);

/** Starts a {@link LateStore} in front of `endpoint`; it holds the requests that `isHeld` chooses. */
export async function startLateStore(
  endpoint: string,
  isHeld: (request: { readonly method: string; readonly path: string }) => boolean,
): Promise<LateStore> {
  const held: (() => Promise<number>)[] = [];
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = '', url: path = '', headers } = incoming;
    const body = await buffer(incoming);
    // The signature covers the host, so it stays. undici sets the connection's own headers.
    const signed = Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheConnection.has(name)));
    const send = () =>
      request(`${endpoint}${path}`, {
        method: method as 'GET', // whatever the client sent
        headers: signed,
        ...(headers['content-length'] === undefined ? {} : { body }),
      });
    if (isHeld({ method, path })) {
      held.push(async () => {
        const answer = await send();
        await answer.body.dump();
        return answer.statusCode;
      });
      return;
    }
    const answer = await send();
    outgoing.writeHead(answer.statusCode, answer.headers);
    outgoing.end(Buffer.from(await answer.body.arrayBuffer()));
  };
  const server = createServer((incoming, outgoing) => {
    // A client that was killed takes no answer.
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // a TCP port, not a pipe
    held: () => held.length,
    deliver: () => Promise.all(held.splice(0).map((deliver) => deliver())),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
