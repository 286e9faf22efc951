import autocannon from 'autocannon';
import { type PartyCpu, type PartyPids, startCpuMeter, untilIdle } from './cpu-meter.js';

export interface Target {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly pids: PartyPids;
}

/** Returns the next request at each call. */
export interface Load {
  readonly name: 'reads' | 'PATCHes';
  next(): { readonly method: 'GET' | 'PATCH'; readonly path: string; readonly body?: string };
}

/** The rate or the number of connections. */
export interface Pressure {
  readonly connections: number;
  readonly seconds: number;
}

/** The measurements of one load. */
export interface LoadResult {
  readonly target: string;
  readonly load: string;
  /** Null for a load with a rate, which uses as many connections as it needs. */
  readonly connections: number | null;
  /** Requests sent per second; null for a load without a rate. */
  readonly rate: number | null;
  /** The work after the answers included. */
  readonly requestsPerSecond: number;
  /** Milliseconds. With a rate they count from the request's due time. */
  readonly p50: number;
  readonly p99: number;
  /** Answers other than 2xx, and requests without an answer. */
  readonly failed: number;
  /** Milliseconds per request. */
  readonly cpu: PartyCpu;
}

/** Sends requests as fast as they are answered, for a time, and measures. */
export async function measureLoad(target: Target, load: Load, pressure: Pressure): Promise<LoadResult> {
  const { connections, seconds } = pressure;
  const cpu = await startCpuMeter(target.pids);
  const result = await autocannon({
    url: target.url,
    connections,
    duration: seconds,
    timeout: 30,
    headers: headersFor(target),
    requests: [{ setupRequest: (request) => ({ ...request, ...load.next() }) }],
  });
  const answered = result['2xx'];
  // A PATCH signals Temporal after its answer.
  const after = await untilIdle(target.pids, ['temporal']);
  return {
    target: target.name,
    load: load.name,
    connections,
    rate: null,
    requestsPerSecond: answered / (result.duration + after),
    p50: result.latency.p50,
    p99: result.latency.p99,
    failed: result.non2xx + result.errors,
    cpu: await cpu(answered),
  };
}

/** The headers of every request. */
export function headersFor({ token }: Target): Readonly<Record<string, string>> {
  return {
    authorization: `Basic ${Buffer.from(`${token}:`).toString('base64')}`,
    'content-type': 'application/json',
  };
}
