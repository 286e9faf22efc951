import { setTimeout as sleep } from 'node:timers/promises';
import type { Exit } from '../start-process.js';

/** A process that runs. */
export interface Running {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Ends it; kills it if it does not end by itself in time. */
  stop(): Promise<unknown>;
}

/** A process that is to run. */
export interface Service {
  /** As people know it. */
  readonly name: string;
  /** Resolves when it runs, and is ready where that can be known. */
  start(): Promise<Running>;
}

/** What the supervisor tells. */
export interface SupervisorEvents {
  /** It died by itself; it is started again. */
  ended(name: string, exit: Exit): void;
  /** It died and runs again. */
  restarted(name: string, exit: Exit): void;
  /** It died and cannot be started now; that is tried again. */
  failed(name: string, error: unknown): void;
}

/** A service that is started again whenever it dies, until it is stopped. */
export interface Supervised {
  readonly name: string;
  /** Of the process that runs now, or last ran. */
  pid(): number;
  stop(): Promise<void>;
}

/** Pauses before a service is started again: at once the first time, always within a second. Milliseconds. */
const pauses = [0, 100, 300, 900] as const;

/** Having run for so long it counts as healthy, and its next death as its first. Milliseconds. */
const healthy = 10_000;

/**
 * Starts the service and keeps it running.
 *
 * @throws {Error} when even the first start fails.
 */
export async function supervise(service: Service, events: SupervisorEvents): Promise<Supervised> {
  let running = await service.start();
  const stopping = new AbortController();
  const { signal } = stopping;
  const toldToStop = (): boolean => signal.aborted;

  /** Undefined when we are told to stop first. */
  const startAgain = async (deaths: number): Promise<Running | undefined> => {
    for (let attempt = deaths; ; attempt += 1) {
      const pause = pauses[Math.min(attempt, pauses.length - 1)];
      await sleep(pause, undefined, { signal }).catch(() => undefined);
      if (toldToStop()) return undefined;
      try {
        return await service.start();
      } catch (error) {
        events.failed(service.name, error);
      }
    }
  };
  const watch = async (): Promise<void> => {
    let deaths = 0;
    for (;;) {
      const since = performance.now();
      const exit = await running.exited;
      if (toldToStop()) return;
      events.ended(service.name, exit);
      if (performance.now() - since > healthy) deaths = 0;
      const next = await startAgain(deaths);
      if (next === undefined) return;
      running = next;
      // Told to stop while it started: whoever told us stops this one, too.
      if (toldToStop()) return;
      deaths += 1;
      events.restarted(service.name, exit);
    }
  };
  const watching = watch();
  return {
    name: service.name,
    pid: () => running.pid,
    stop: async () => {
      stopping.abort();
      await running.stop();
      await watching;
      // Another one, if it was just being started.
      await running.stop();
    },
  };
}
