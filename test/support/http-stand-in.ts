import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that a stand-in got. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A small HTTP server in the place of somebody else's service; what it answers can be changed at any time. */
export interface HttpStandIn {
  readonly url: string;
  readonly received: ReceivedRequest[];
  /** The status of the next answers. */
  status: number;
  /** Called before each answer. */
  onRequest: (request: ReceivedRequest) => void | Promise<void>;
  close(): Promise<void>;
}

/** Starts a stand-in on a free port. */
export async function startHttpStandIn(status: number): Promise<HttpStandIn> {
  const received: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const got = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      received.push(got);
      void Promise.resolve(standIn.onRequest(got)).then(() => {
        response.writeHead(standIn.status, { 'content-type': 'application/json' }).end('{}');
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const standIn: HttpStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // not a pipe: it listens on a port
    received,
    status,
    onRequest: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
  return standIn;
}
