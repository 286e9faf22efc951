import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as it arrived. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The answer: a status and a body; `reset` cuts the connection, `hang` never answers. */
export type Reply = { readonly status: number; readonly body?: string } | 'reset' | 'hang';

/** A real HTTP server with configured answers that records its requests. */
export interface RecordingServer {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** Sets the answer to every request from now on, or the function that decides it. */
  replyWith(reply: Reply | ((request: RecordedRequest) => Reply)): void;
  close(): Promise<void>;
}

/**
 * Starts a {@link RecordingServer} on a free port; close it in the file's `after`.
 *
 * @param onRequest Called before each answer, which waits for it.
 */
export async function startRecordingServer(
  onRequest: () => void | Promise<void> = () => undefined,
): Promise<RecordingServer> {
  const requests: RecordedRequest[] = [];
  let decide: (request: RecordedRequest) => Reply = () => ({ status: 200 });
  const server = createServer((message, response) => {
    void record(message).then(async (request) => {
      requests.push(request);
      await onRequest();
      const reply = decide(request);
      if (reply === 'reset') message.socket.destroy();
      else if (reply !== 'hang') response.writeHead(reply.status).end(reply.body ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // an address with a port, since it listens on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    replyWith: (reply) => {
      decide = typeof reply === 'function' ? reply : () => reply;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function record(message: IncomingMessage): Promise<RecordedRequest> {
  const { method = '', url = '', headers } = message;
  return { method, path: url, headers, body: await text(message) };
}
