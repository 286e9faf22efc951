import type { Operation } from './operation.js';

/** The log entry of one request. `arrived` and `answered` count events on one scale, so they order events. */
export type LogEntry = {
  /** Position in the log, for `since`. */
  readonly sequence: number;
  /** The event number of the request's arrival. */
  readonly arrived: number;
  /** The event number of its answer, or of the cut of its connection. */
  readonly answered: number;
  readonly method: string;
  readonly operation: Operation | 'Unknown';
  readonly bucket?: string;
  readonly key?: string;
  readonly userAgent?: string;
  /** The source of a copy, `bucket/key`, as sent. */
  readonly source?: string;
  /** The time of the answer: milliseconds since 1970, by the real clock. */
  readonly at: number;
  /** The keys of a DeleteObjects request. */
  readonly keys?: readonly string[];
  /** HTTP status; 0 for a connection cut before an answer. */
  readonly status: number;
};

/** The part of an entry that comes from the request. */
export type LoggedRequest = Omit<LogEntry, 'sequence' | 'arrived' | 'answered' | 'at' | 'status' | 'keys'>;

/** Counts of one operation, or of all operations. */
export type OperationStats = {
  total: number;
  inFlight: number;
  maxInFlight: number;
  readonly byStatus: Record<string, number>;
};

/** Counts of requests since the last reset. */
export type StoreStats = OperationStats & { readonly byOperation: Record<string, OperationStats> };

export type RequestLog = {
  /** Logs an arrival. The returned function logs the answer, once. */
  readonly begin: (request: LoggedRequest) => (status: number, keys?: readonly string[]) => void;
  /** The kept entries above `sequence`, in the order of their answers. */
  readonly entriesSince: (sequence: number) => LogEntry[];
  readonly stats: () => StoreStats;
  /** Sets counts to zero, but keeps requests in flight counted. Does not touch the log. */
  readonly resetStats: () => void;
};

/** Creates a log that keeps the last `capacity` answered requests. */
export function createRequestLog(capacity: number): RequestLog {
  const ring: LogEntry[] = [];
  let events = 0;
  let answers = 0;
  let all = emptyStats();
  let byOperation = new Map<string, OperationStats>();
  const statsOf = (operation: string): OperationStats => {
    const known = byOperation.get(operation);
    if (known !== undefined) return known;
    const fresh = emptyStats();
    byOperation.set(operation, fresh);
    return fresh;
  };
  return {
    begin: (request) => {
      events += 1;
      const arrived = events;
      countArrival(all);
      countArrival(statsOf(request.operation));
      return (status, keys) => {
        countAnswer(all, status);
        countAnswer(statsOf(request.operation), status);
        events += 1;
        answers += 1;
        const times = { sequence: answers, arrived, answered: events };
        ring[(answers - 1) % capacity] = {
          ...times,
          ...request,
          at: Date.now(),
          ...(keys === undefined ? {} : { keys }),
          status,
        };
      };
    },
    entriesSince: (sequence) => {
      const from = Math.max(sequence, answers - ring.length, 0);
      return Array.from({ length: Math.max(0, answers - from) }, (_, index) => ring[(from + index) % capacity]).filter(
        (entry) => entry !== undefined,
      );
    },
    stats: () => structuredClone({ ...all, byOperation: Object.fromEntries(byOperation) }),
    resetStats: () => {
      all = afterReset(all);
      byOperation = new Map([...byOperation].map(([name, stats]) => [name, afterReset(stats)]));
    },
  };
}

function emptyStats(): OperationStats {
  return { total: 0, inFlight: 0, maxInFlight: 0, byStatus: {} };
}

function afterReset({ inFlight }: OperationStats): OperationStats {
  return { total: 0, inFlight, maxInFlight: inFlight, byStatus: {} };
}

function countArrival(stats: OperationStats): void {
  stats.total += 1;
  stats.inFlight += 1;
  stats.maxInFlight = Math.max(stats.maxInFlight, stats.inFlight);
}

function countAnswer(stats: OperationStats, status: number): void {
  stats.inFlight -= 1;
  stats.byStatus[status] = (stats.byStatus[status] ?? 0) + 1;
}
