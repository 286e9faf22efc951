import autocannon from 'autocannon';
import { processCpu } from './process-cpu.js';

/** Whom to ask. */
export interface Target {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly pid: number;
}

/** What to ask: a request each time it is called. */
export interface Load {
  readonly name: 'reads' | 'PATCHes';
  next(): { readonly method: 'GET' | 'PATCH'; readonly path: string; readonly body?: string };
}

/** How to ask. */
export interface Pressure {
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second of all connections together; as many as are answered unless told. */
  readonly rate?: number;
}

/** What came of it. */
export interface LoadResult {
  readonly target: string;
  readonly load: string;
  readonly connections: number;
  readonly rate: number | null;
  readonly requestsPerSecond: number;
  /** Milliseconds. With a rate they count from when the request was due. */
  readonly p50: number;
  readonly p99: number;
  /** Answers other than 2xx, and requests without one. */
  readonly failed: number;
  /** The target's processes, without PostgreSQL's, in milliseconds a request; null where it cannot be told. */
  readonly cpuPerRequest: number | null;
}

/** Asks for a while and measures. */
export async function measureLoad(target: Target, load: Load, pressure: Pressure): Promise<LoadResult> {
  const { connections, seconds, rate } = pressure;
  const before = await processCpu(target.pid);
  const result = await autocannon({
    url: target.url,
    connections,
    duration: seconds,
    timeout: 30,
    ...(rate === undefined ? {} : { overallRate: rate }),
    headers: {
      authorization: `Basic ${Buffer.from(`${target.token}:`).toString('base64')}`,
      'content-type': 'application/json',
    },
    requests: [{ setupRequest: (request) => ({ ...request, ...load.next() }) }],
  });
  const after = await processCpu(target.pid);
  const answered = result['2xx'];
  return {
    target: target.name,
    load: load.name,
    connections,
    rate: rate ?? null,
    requestsPerSecond: answered / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    failed: result.non2xx + result.errors,
    cpuPerRequest: before === null || after === null || answered === 0 ? null : (after - before) / answered,
  };
}
