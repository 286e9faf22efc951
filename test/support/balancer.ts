import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { Agent, request } from 'undici';

/** Distributes requests to backends in turn, as a Service of Kubernetes does: it sends each once and never retries. */
export interface Balancer {
  readonly url: string;
  /** The number of requests that it has answered. */
  answered(): number;
  /** A description of each request without an answer. */
  readonly failures: readonly string[];
  /**
   * Sends no new requests to this backend. Resolves once its requests in flight have ended, as a pod's `preStop` waits
   * for.
   */
  remove(backend: string): Promise<void>;
  add(backend: string): void;
  close(): Promise<void>;
}

/** Starts a balancer for these backends, each an address without a slash at its end. */
export async function startBalancer(first: readonly string[]): Promise<Balancer> {
  const backends = [...first];
  const failures: string[] = [];
  const underWay = new Map<string, Set<Promise<void>>>();
  const agent = new Agent();
  let turn = 0;
  let answered = 0;
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    turn += 1;
    const backend = backends[turn % backends.length] ?? '';
    const passing = passTo(backend, incoming, outgoing).finally(() => passes.delete(passing));
    const passes = underWay.get(backend) ?? new Set();
    underWay.set(backend, passes.add(passing));
  };
  const passTo = async (backend: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const what = `${incoming.method} ${incoming.url} at ${backend}`;
    try {
      await forward(incoming, outgoing, { backend, agent });
      answered += 1;
    } catch (error) {
      const failure = `${what}: ${String(error)}`;
      failures.push(failure);
      if (!outgoing.headersSent) outgoing.writeHead(502);
      outgoing.end(failure);
    }
  };
  const server = createServer(pass);
  // A client's next request must not meet the end of its connection.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // a TCP port, not a pipe
    answered: () => answered,
    failures,
    remove: async (backend) => {
      backends.splice(backends.indexOf(backend), 1);
      await Promise.all(underWay.get(backend) ?? new Set<Promise<void>>());
    },
    add: (backend) => {
      backends.push(backend);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await agent.close();
    },
  };
}

async function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { backend, agent }: { backend: string; agent: Agent },
): Promise<void> {
  const { method = 'GET', url = '/', headers } = incoming;
  // The host stays, since the API builds its addresses from it.
  const passed = without(headers, ['connection', 'transfer-encoding']);
  const body = method === 'GET' ? null : incoming;
  const answer = await request(`${backend}${url}`, { method, headers: passed, body, dispatcher: agent });
  outgoing.writeHead(answer.statusCode, without(answer.headers, ['connection', 'keep-alive']));
  await pipeline(answer.body, outgoing);
}

/** Without the headers of a hop (RFC 9110, 7.6.1). */
function without<T extends object>(headers: T, names: readonly string[]): Partial<T> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name))) as Partial<T>;
}
