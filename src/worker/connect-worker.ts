import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import { ensureReconcileSchedule } from '../integrations/temporal/reconcile-schedule.js';
import type { ServiceLogger } from '../services/ports.js';

/** How long to wait for a server that is not there. Milliseconds. */
const pause = 1_000;

/** Connects as soon as Temporal answers; null when the process is told to stop before that. */
export async function connectWorker(
  options: NativeConnectionOptions,
  { logger, stopping }: { readonly logger: ServiceLogger; readonly stopping: AbortSignal },
): Promise<NativeConnection | null> {
  while (!stopping.aborted) {
    try {
      return await NativeConnection.connect(options);
    } catch (error) {
      logger.warn({ err: error }, 'Temporal does not answer; trying again in a second');
      await sleep(pause, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
  return null;
}

/** A schedule that somebody deleted, or that a new Temporal server never had, is back after this. Milliseconds. */
const interval = 60_000;

/** Sees to it that the schedule of `Reconcile` exists, now and once a minute, until the returned function is called. */
export function keepSchedule(client: Client, logger: ServiceLogger): () => void {
  const look = (): void => {
    ensureReconcileSchedule(client).then(
      (created) => {
        if (created) logger.info({}, 'the schedule of Reconcile was missing and has been created');
      },
      (error: unknown) => {
        logger.warn({ err: error }, 'the schedule of Reconcile could not be looked at');
      },
    );
  };
  look();
  const timer = setInterval(look, interval);
  return () => {
    clearInterval(timer);
  };
}
