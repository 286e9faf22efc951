import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** A request that was answered. */
export interface AnsweredRequest {
  readonly method: string;
  /** The pattern of its route, never its path, which anybody can make up; undefined where none matched. */
  readonly route: string | undefined;
  readonly status: number;
  readonly seconds: number;
}

/** Counts the requests of the API. */
export interface RequestMetrics {
  begun(): void;
  answered(request: AnsweredRequest): void;
}

/** Methods that have a label of their own: Node's parser knows thirty more. */
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS']);

/** From a row read by its key to the longest wait of `/queue/<id>?wait=30`. Seconds. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 31];

/**
 * Registers what is known of requests. Labels are of closed sets: the number of series does not grow with the requests.
 */
export function createRequestMetrics(registry: Registry): RequestMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'ltd_http_requests_total',
    help: 'Requests answered, by the pattern of their route.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'ltd_http_request_duration_seconds',
    help: 'From the headers of a request to its answer.',
    labelNames: ['method', 'route'],
    buckets,
    registers,
  });
  const inFlight = new Gauge({
    name: 'ltd_http_requests_in_flight',
    help: 'Requests that are being answered.',
    registers,
  });
  return {
    begun: () => {
      inFlight.inc();
    },
    answered: ({ method, route = 'none', status, seconds }) => {
      inFlight.dec();
      const labels = { method: knownMethods.has(method) ? method : 'other', route };
      requests.inc({ ...labels, status });
      durations.observe(labels, seconds);
    },
  };
}
