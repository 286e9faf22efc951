import autocannon from 'autocannon';
import { type PartyCpu, type PartyPids, startCpuMeter, untilIdle } from './cpu-meter.js';

/** Whom to ask. */
export interface Target {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly pids: PartyPids;
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
}

/** What came of it. */
export interface LoadResult {
  readonly target: string;
  readonly load: string;
  /** Null where requests had their times, and as many connections as it took. */
  readonly connections: number | null;
  /** Requests a second that were sent; null where it was as many as are answered. */
  readonly rate: number | null;
  /** Until what follows from them is done, too. */
  readonly requestsPerSecond: number;
  /** Milliseconds. With a rate they count from when the request was due. */
  readonly p50: number;
  readonly p99: number;
  /** Answers other than 2xx, and requests without one. */
  readonly failed: number;
  /** Milliseconds a request. */
  readonly cpu: PartyCpu;
}

/** Asks for a while, as much as is answered, and measures. */
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
  // A PATCH is done when Temporal knows of it, which it is told after the answer.
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

/** What every request bears. */
export function headersFor({ token }: Target): Readonly<Record<string, string>> {
  return {
    authorization: `Basic ${Buffer.from(`${token}:`).toString('base64')}`,
    'content-type': 'application/json',
  };
}
