import { setTimeout as sleep } from 'node:timers/promises';
import type { Exit } from '../start-process.js';

/** A process that runs. */
export interface Running {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Stops it; kills it after a time limit. */
  stop(): Promise<unknown>;
}

export interface Service {
  /** The name for people. */
  readonly name: string;
  /** Resolves when it runs, and is ready if that is known. */
  start(): Promise<Running>;
}

/** The supervisor's events. */
export interface SupervisorEvents {
  /** It died; the supervisor restarts it. */
  ended(name: string, exit: Exit): void;
  restarted(name: string, exit: Exit): void;
  /** It died and failed to restart; the supervisor retries. */
  failed(name: string, error: unknown): void;
}

/** A service that the supervisor restarts whenever it dies, until its stop. */
export interface Supervised {
  readonly name: string;
  /** The id of the current process, or the last one. */
  pid(): number;
  stop(): Promise<void>;
}

/** Pauses before a restart: none the first time, always under a second. Milliseconds. */
const pauses = [0, 100, 300, 900] as const;

/** A process that ran this long counts as healthy, and its next death as the first. Milliseconds. */
const healthy = 10_000;

/** Starts the service and keeps it running. @throws {Error} when its first start fails. */
export async function supervise(service: Service, events: SupervisorEvents): Promise<Supervised> {
  let running = await service.start();
  const stopping = new AbortController();
  const { signal } = stopping;
  const isStopping = (): boolean => signal.aborted;

  /** Undefined when the service is stopped first. */
  const startAgain = async (deaths: number): Promise<Running | undefined> => {
    for (let attempt = deaths; ; attempt += 1) {
      const pause = pauses[Math.min(attempt, pauses.length - 1)];
      await sleep(pause, undefined, { signal }).catch(() => undefined);
      if (isStopping()) return undefined;
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
      if (isStopping()) return;
      events.ended(service.name, exit);
      if (performance.now() - since > healthy) deaths = 0;
      const next = await startAgain(deaths);
      if (next === undefined) return;
      running = next;
      // `stop` came during the start and stops this process, too.
      if (isStopping()) return;
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
      // A restart may have replaced it meanwhile.
      await running.stop();
    },
  };
}
