import { Gauge, type Registry } from 'prom-client';
import { withinTime } from '../../process/limits.js';
import type { Backlog } from '../../db/queries/backlog.js';

/**
 * However often and from however many places it is scraped, a process asks the database no more often. Milliseconds.
 */
const maxAge = 10_000;

/** Less than any scraper waits. Milliseconds. */
const timeoutMs = 2_000;

const gauges: Readonly<Record<keyof Backlog, { readonly name: string; readonly help: string }>> = {
  rebuilds: {
    name: 'ltd_rebuilds_pending',
    help: 'Rebuilds that were asked for and have not ended.',
  },
  oldestRebuildSeconds: {
    name: 'ltd_rebuild_oldest_pending_seconds',
    help: 'How long ago the oldest of the pending rebuilds was asked for; 0 without one.',
  },
  tasks: { name: 'ltd_tasks_open', help: 'Tasks (queue_url) that have not ended.' },
  oldestTaskSeconds: {
    name: 'ltd_task_oldest_open_seconds',
    help: 'The age of the oldest open task; 0 without one.',
  },
  dashboards: { name: 'ltd_dashboards_behind', help: 'Products whose dashboard is behind.' },
  events: { name: 'ltd_events_undelivered', help: 'Events that are not delivered.' },
  oldestEventSeconds: {
    name: 'ltd_event_oldest_undelivered_seconds',
    help: 'The age of the oldest undelivered event; 0 without one.',
  },
  purges: {
    name: 'ltd_purges_owed',
    help: 'Editions and dashboards whose purge the CDN has not confirmed.',
  },
  oldestPurgeSeconds: {
    name: 'ltd_purge_oldest_owed_seconds',
    help: 'How long the oldest of these purges has been owed; 0 without one.',
  },
};

/**
 * Registers how many runs are paused; NaN where Temporal does not answer. Every process that is asked says the same.
 */
export function registerPauseMetric(registry: Registry, count: () => Promise<number>): void {
  const paused = freshValue(count, { maxAge, timeoutMs });
  new Gauge({
    name: 'ltd_paused_runs',
    help: 'Open workflow runs that somebody paused, or an activity of which somebody paused.',
    registers: [registry],
    async collect() {
      this.set((await paused()) ?? Number.NaN);
    },
  });
}

/**
 * Registers what the whole service has still to do, as the database tells it: every process that is asked says the
 * same. Where the database does not answer the numbers are NaN, and `ltd_database_up` is 0.
 */
export function registerBacklogMetrics(registry: Registry, read: () => Promise<Backlog>): void {
  const backlog = freshValue(read, { maxAge, timeoutMs });
  const registers = [registry];
  for (const key of Object.keys(gauges) as (keyof Backlog)[])
    // its keys are those of its type
    new Gauge({
      ...gauges[key],
      registers,
      async collect() {
        this.set((await backlog())?.[key] ?? Number.NaN);
      },
    });
  new Gauge({
    name: 'ltd_database_up',
    help: 'Whether the database answered a query of ours of late.',
    registers,
    async collect() {
      this.set((await backlog()) === null ? 0 : 1);
    },
  });
}

/** How a value that is asked for often is read seldom. Milliseconds. */
interface Freshness {
  /** A reading is answered again for so long. */
  readonly maxAge: number;
  /** The longest that anybody is kept waiting. */
  readonly timeoutMs: number;
}

/**
 * Reads a value for many who ask: one reading at a time, whose answer serves all until it is too old. Answers null
 * where it cannot be had in time, never an old one: not to know is no number.
 */
export function freshValue<T>(read: () => Promise<T>, { maxAge, timeoutMs }: Freshness): () => Promise<T | null> {
  let reading: Promise<T | null> | null = null;
  const forget = (): void => {
    reading = null;
  };
  const begin = async (): Promise<T | null> => {
    try {
      const value = await read();
      setTimeout(forget, maxAge).unref();
      return value;
    } catch {
      forget();
      return null;
    }
  };
  return async () => {
    reading ??= begin();
    const shared = reading;
    return withinTime(timeoutMs, () => shared).catch(() => null);
  };
}
