import { type Dispatcher, RoundRobinPool } from 'undici';
import { AnswerHeaders } from './answer-headers.js';
import type { Deadline } from './deadline.js';

/**
 * How long a connection may take, in milliseconds: longer than one lost packet, shorter than the timeout of an
 * attempt, so that a host that is away is told from one that is slow.
 */
const connectTimeout = 3_000;

/**
 * How long an idle connection is kept, in milliseconds, unless the store asks for less: warm from one rebuild to the
 * next.
 */
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
  readonly headers: AnswerHeaders;
  readonly body: string;
}

/** Sends requests over connections that are kept. */
export interface LeanTransport {
  /** Sends once, with nothing decoded or followed; throws what undici throws, or what the deadline passed with. */
  send(request: LeanRequest, deadline: Deadline): Promise<LeanAnswer>;
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
    send: (request, deadline) =>
      new Promise((resolve, reject) => {
        const { method, path, headers, body } = request;
        // undici closes the connection after a HEAD that does not say otherwise.
        poolOf(request.origin).dispatch(
          { method, path, headers, body, reset: false },
          new AnswerReader({ deadline, resolve, reject }),
        );
      }),
    destroy: () => {
      for (const pool of pools.values()) void pool.destroy();
      pools.clear();
    },
  };
}

interface Settlement {
  readonly deadline: Deadline;
  resolve(answer: LeanAnswer): void;
  reject(error: unknown): void;
}

const noHeaders = new AnswerHeaders(null);

/** Reads one answer. A class, since it is made for every object. */
class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #settlement: Settlement;
  #status = 0;
  #headers = noHeaders;
  #first: Buffer | undefined;
  #more: Buffer[] | undefined;

  constructor(settlement: Settlement) {
    this.#settlement = settlement;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Now it is sent: if it waited too long for its connection, somebody else may be writing already.
    // undici calls again where a connection was closed before anything was sent on it.
    this.#settlement.deadline.onPass((reason) => {
      controller.abort(reason);
    });
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
    this.#headers = new AnswerHeaders(controller.rawHeaders);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#first === undefined) this.#first = chunk;
    else (this.#more ??= []).push(chunk);
  }

  onResponseEnd(): void {
    this.#settlement.resolve({ status: this.#status, headers: this.#headers, body: this.#body() });
  }

  #body(): string {
    if (this.#first === undefined) return '';
    const whole = this.#more === undefined ? this.#first : Buffer.concat([this.#first, ...this.#more]);
    return whole.toString();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#settlement.reject(error);
  }
}
