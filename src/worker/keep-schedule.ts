import type { Client } from '@temporalio/client';
import { ensureReconcileSchedule } from '../integrations/temporal/reconcile-schedule.js';
import type { ServiceLogger } from '../services/ports.js';

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
