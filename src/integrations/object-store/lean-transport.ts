import { type Dispatcher, RoundRobinPool } from 'undici';

/**
 * How long a connection may take, in milliseconds: longer than one lost packet, shorter than the timeout of an
 * attempt, so that a host that is away is told from one that is slow.
 */
const connectTimeout = 3_000;

/** How long an idle connection is kept, in milliseconds, unless the store asks for less: warm from one rebuild to the next. */
const keepAliveTimeout = 60_000;

/** One request, ready to be sent as it is. */
export interface LeanRequest {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  /** Path and query. */
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: string | null;
}

/** What came back, whole. */
export interface LeanAnswer {
  readonly status: number;
  /** By lower-case name; bytes above ASCII as Latin-1, which is how Node and so the SDK read them. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Sends requests over connections that are kept. */
export interface LeanTransport {
  /** Sends once, with nothing decoded or followed; throws what undici throws, or the reason of the abort. */
  send(request: LeanRequest, signal: AbortSignal): Promise<LeanAnswer>;
  /** Closes every connection. */
  destroy(): void;
}

/**
 * A transport over undici. Like the SDK's it opens as many connections as it is asked for, since a request that waited
 * for one would be sent later than it was allowed; whoever calls it bounds them.
 */
export function createLeanTransport(): LeanTransport {
  const pools = new Map<string, RoundRobinPool>();
  const poolOf = (origin: string): RoundRobinPool => {
    const known = pools.get(origin);
    if (known !== undefined) return known;
    // The attempt has a timeout of its own, which is all that may end a request under way.
    const pool = new RoundRobinPool(origin, {
      connectTimeout,
      keepAliveTimeout,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    pools.set(origin, pool);
    return pool;
  };
  return {
    send: (request, signal) =>
      new Promise((resolve, reject) => {
        const { method, path, headers, body } = request;
        // undici closes the connection after a HEAD that does not say otherwise.
        poolOf(request.origin).dispatch(
          { method, path, headers, body, reset: false },
          new AnswerReader({ signal, resolve, reject }),
        );
      }),
    destroy: () => {
      for (const pool of pools.values()) void pool.destroy();
      pools.clear();
    },
  };
}

interface Settlement {
  readonly signal: AbortSignal;
  resolve(answer: LeanAnswer): void;
  reject(error: unknown): void;
}

/** Reads one answer. A class, since it is made for every object. */
class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #settlement: Settlement;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: ReadonlyMap<string, string> = new Map();
  readonly #chunks: Buffer[] = [];

  constructor(settlement: Settlement) {
    this.#settlement = settlement;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const { signal } = this.#settlement;
    // undici calls again where a connection was closed before anything was sent on it.
    const isFirst = this.#controller === undefined;
    this.#controller = controller;
    if (signal.aborted) this.#abort();
    else if (isFirst) signal.addEventListener('abort', this.#abort, { once: true });
  }

  readonly #abort = (): void => {
    const reason: unknown = this.#settlement.signal.reason;
    this.#controller?.abort(reason instanceof Error ? reason : new Error('aborted'));
  };

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
    this.#headers = latin1Headers(controller.rawHeaders);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first, second] = this.#chunks;
    const body = second === undefined ? (first?.toString() ?? '') : Buffer.concat(this.#chunks).toString();
    this.#settlement.resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#settlement.reject(error);
  }
}

function latin1Headers(raw: Dispatcher.DispatchController['rawHeaders']): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  if (!Array.isArray(raw)) return headers;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    headers.set(latin1(raw[at]).toLowerCase(), latin1(raw[at + 1]));
  }
  return headers;
}

function latin1(text: Buffer | string | undefined): string {
  return typeof text === 'string' ? text : (text?.toString('latin1') ?? '');
}
