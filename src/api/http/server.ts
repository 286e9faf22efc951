import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { routeMethods } from './route.js';

/** How long clients get. Milliseconds. */
interface Patience {
  /** To send the headers. */
  readonly headersTimeout: number;
  /** To send all of a request. */
  readonly requestTimeout: number;
  /** How often that is looked at. */
  readonly connectionsCheckingInterval: number;
}

const defaultPatience: Patience = {
  headersTimeout: 15_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 5_000,
};

/** Longer than the 60 s after which common load balancers drop an idle connection, so that they do it, not we. */
const keepAliveTimeout = 75_000;

/** An HTTP server for the app that gives nobody endless time, and answers in JSON what Node refuses by itself. */
export function createHttpServer(
  app: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  patience = defaultPatience,
): Server {
  // A missing Host header is refused by the app, which says so in JSON.
  const options = { ...patience, keepAliveTimeout, requireHostHeader: false };
  const server = createServer(options, (request, response) => void app(request, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    refuse(socket, rawRefusals.get(error.code ?? '') ?? malformed);
  });
  server.on('connect', (_request, socket) => {
    refuse(socket, unknownMethod);
  });
  return server;
}

/** A refusal of what never became a request. */
interface RawRefusal {
  readonly status: number;
  readonly reason: string;
  readonly error: string;
  readonly message: string;
  readonly headers?: string;
}

const malformed: RawRefusal = {
  status: 400,
  reason: 'Bad Request',
  error: 'bad request',
  message: 'The request is not well-formed HTTP.',
};

const unknownMethod: RawRefusal = {
  status: 405,
  reason: 'Method Not Allowed',
  error: 'method not supported',
  message: 'the method is not supported',
  headers: `Allow: ${[...routeMethods, 'HEAD', 'OPTIONS'].join(', ')}\r\n`,
};

/** By the codes of Node's parser. */
const rawRefusals: ReadonlyMap<string, RawRefusal> = new Map([
  ['HPE_INVALID_METHOD', unknownMethod],
  [
    'HPE_HEADER_OVERFLOW',
    {
      status: 431,
      reason: 'Request Header Fields Too Large',
      error: 'request header fields too large',
      message: 'The headers of the request are too large.',
    },
  ],
  [
    'ERR_HTTP_REQUEST_TIMEOUT',
    {
      status: 408,
      reason: 'Request Timeout',
      error: 'request timeout',
      message: 'The request did not arrive in time.',
    },
  ],
]);

/** As the app's answers have them. */
const safeguards = [
  'Cache-Control: no-store',
  "Content-Security-Policy: default-src 'none';frame-ancestors 'none'",
  'X-Content-Type-Options: nosniff',
  '',
].join('\r\n');

function refuse(socket: Duplex, { status, reason, error, message, headers = '' }: RawRefusal): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify({ status, error, message });
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\n${headers}${safeguards}Connection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** A little less than the 30 s that Kubernetes gives a process to end. Milliseconds. */
export const maxDrain = 25_000;

/** How often connections are looked at that have become idle. Milliseconds. */
const sweepInterval = 100;

/**
 * Stops taking requests and answers those that are being worked on. After 25 seconds what is left is cut, and the
 * answer is false.
 */
export async function drain(server: Server, limit = maxDrain): Promise<boolean> {
  let whole = true;
  const deadline = setTimeout(() => {
    whole = false;
    server.closeAllConnections();
  }, limit);
  // A kept-alive connection would otherwise be held open by its client, after its last answer, for as long as we let
  // it.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, sweepInterval);
  await new Promise((resolve) => server.close(resolve));
  clearTimeout(deadline);
  clearInterval(sweep);
  return whole;
}
