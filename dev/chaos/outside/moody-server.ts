import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a server does with the requests that it gets. */
export const moods = ['well', 'down', 'slow', 'garbage', 'failing', 'unauthorized'] as const;

/** One of {@link moods}. */
export type Mood = (typeof moods)[number];

/** A server outside of the service, which can be told to misbehave. */
export interface MoodyServer {
  readonly url: string;
  setMood(mood: Mood): void;
  close(): Promise<void>;
}

/** An answer. */
export interface MoodyReply {
  readonly status: number;
  readonly body: string;
}

/** A request, read whole. */
export interface MoodyRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A slow answer takes so long; the service gives one up after 10 s. Milliseconds. */
const slowness = 8_000;

/** Starts one on a free port of 127.0.0.1; `reply` answers while it is well or slow. */
export async function startMoodyServer(reply: (request: MoodyRequest) => Promise<MoodyReply>): Promise<MoodyServer> {
  let mood: Mood = 'well';
  const server = createServer((request, response) => {
    answer(request, response, { mood, reply }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // not a pipe: it listens on a port
  return {
    url: `http://127.0.0.1:${port}`,
    setMood: (next) => {
      mood = next;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { mood, reply }: { readonly mood: Mood; readonly reply: (request: MoodyRequest) => Promise<MoodyReply> },
): Promise<void> {
  const { method = 'GET', url: path = '/', headers } = request;
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  switch (mood) {
    case 'well':
      break;
    case 'down':
      response.destroy();
      return;
    case 'slow':
      await sleep(slowness);
      break;
    case 'garbage':
      response.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>Bad gateway\u0000\uFFFD');
      return;
    case 'failing':
      response.writeHead(500, { 'content-type': 'application/json' }).end('{}');
      return;
    case 'unauthorized':
      // As Fastly answers an expired key.
      response
        .writeHead(401, { 'content-type': 'application/json' })
        .end('{"msg":"Provided credentials are missing or invalid"}');
      return;
    default:
      mood satisfies never;
  }
  const { status, body } = await reply({ method, path, headers, body: Buffer.concat(chunks).toString() });
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}
