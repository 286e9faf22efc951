import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the proxy does with a purge. */
export type CdnMood = 'well' | 'down' | 'slow' | 'garbage';

/** Stands before the edge's purge calls, and can be told to misbehave. */
export interface CdnProxy {
  readonly url: string;
  forwardTo(url: string): void;
  setMood(mood: CdnMood): void;
  close(): Promise<void>;
}

/** A slow purge takes so long; the service gives one up after 10 s. Milliseconds. */
const slowness = 8_000;

/** Starts it on a free port of 127.0.0.1. */
export async function startCdnProxy(): Promise<CdnProxy> {
  let target = '';
  let mood: CdnMood = 'well';
  const server = createServer((request, response) => {
    answer(request, response, { target, mood }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // not a pipe: it listens on a port
  return {
    url: `http://127.0.0.1:${port}`,
    forwardTo: (url) => {
      target = url;
    },
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
  { target, mood }: { readonly target: string; readonly mood: CdnMood },
): Promise<void> {
  request.resume();
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
    default:
      mood satisfies never;
  }
  const forwarded = await fetch(`${target}${request.url ?? ''}`, {
    method: request.method ?? 'POST',
    headers: { 'fastly-key': String(request.headers['fastly-key'] ?? '') },
  });
  response.writeHead(forwarded.status, { 'content-type': 'application/json' }).end(await forwarded.text());
}
