import type { Operation } from './operation.js';

/** What the log says of one request. `arrived` and `answered` count on one common scale: they order events. */
export type LogEntry = {
  /** Place in the log; what `since` compares with. */
  readonly sequence: number;
  /** When the request came, as a count of events. */
  readonly arrived: number;
  /** When its answer was ready to go or its connection was cut, as a count of events. */
  readonly answered: number;
  readonly method: string;
  readonly operation: Operation | 'Unknown';
  readonly bucket?: string;
  readonly key?: string;
  readonly userAgent?: string;
  /** What a copy copies: `bucket/key`, as it was sent. */
  readonly source?: string;
  /** When the answer was ready, in milliseconds since 1970 by the real clock. */
  readonly at: number;
  /** The keys of a DeleteObjects request. */
  readonly keys?: readonly string[];
  /** HTTP status; 0 when the connection was cut or the client left before an answer. */
  readonly status: number;
};

/** The part of an entry that the request itself gives. */
export type LoggedRequest = Omit<LogEntry, 'sequence' | 'arrived' | 'answered' | 'at' | 'status' | 'keys'>;

/** Counts of one operation, or of all of them. */
export type OperationStats = {
  total: number;
  inFlight: number;
  maxInFlight: number;
  readonly byStatus: Record<string, number>;
};

/** What the store has served since the last reset. */
export type StoreStats = OperationStats & { readonly byOperation: Record<string, OperationStats> };

/** Follows requests from arrival to answer. */
export type RequestLog = {
  /** Notes an arrival; the returned function notes the answer, once. */
  readonly begin: (request: LoggedRequest) => (status: number, keys?: readonly string[]) => void;
  /** The kept entries above `sequence`, oldest first: the order of answers. */
  readonly entriesSince: (sequence: number) => LogEntry[];
  readonly stats: () => StoreStats;
  /** Sets counts to zero; requests in flight stay counted. Does not touch the log. */
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
