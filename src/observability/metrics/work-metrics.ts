import { Counter, type Registry } from 'prom-client';
import type { CopyDelta } from '../../domain/copy-counts.js';
import { type ReconcilePart, reconcileParts } from '../../workflows/contract.js';

/** How the purge of a surrogate key ended. */
export const purgeOutcomes = ['purged', 'unavailable', 'rejected'] as const;

/** How one attempt to deliver an event ended. */
export const deliveryOutcomes = ['delivered', 'undelivered', 'rejected'] as const;

/**
 * What `Reconcile` found: an edition without a run, one whose run worked for something older, a purge to be tried
 * again, a dashboard that was behind or owed a purge.
 */
export const reconcileActions = ['started', 'nudged', 'purge', 'dashboard'] as const;

/** What an audit found wrong. */
export const drifts = ['objects', 'headers'] as const;

/** Counts what the worker does. */
export interface WorkMetrics {
  copied(delta: CopyDelta): void;
  purged(outcome: (typeof purgeOutcomes)[number]): void;
  delivered(outcome: (typeof deliveryOutcomes)[number]): void;
  reconciled(action: (typeof reconcileActions)[number]): void;
  /** A part of a pass failed, or one item of it. */
  reconcileFailed(part: ReconcilePart): void;
  drifted(drift: (typeof drifts)[number]): void;
  /** A pass found a bucket that is not in step with the database. */
  outOfStep(): void;
}

/** Registers what this process did, every label from 0 on, so that the first of a kind is a change. */
export function createWorkMetrics(registry: Registry): WorkMetrics {
  const counter = (name: string, help: string, [label, values]: readonly [string, readonly string[]]) => {
    const made = new Counter({ name, help, labelNames: [label], registers: [registry] });
    for (const value of values) made.inc({ [label]: value }, 0);
    return made;
  };
  const objects = counter('ltd_copy_objects_total', 'Objects of editions and builds, by what was done.', [
    'result',
    ['copied', 'unchanged', 'removed'],
  ]);
  const bytes = new Counter({
    name: 'ltd_copy_bytes_total',
    help: 'Bytes of the objects that were copied.',
    registers: [registry],
  });
  const purges = counter('ltd_cdn_purges_total', 'Calls to the CDN.', ['outcome', purgeOutcomes]);
  const deliveries = counter('ltd_event_deliveries_total', 'Calls to the receiver of events.', [
    'outcome',
    deliveryOutcomes,
  ]);
  const reconciled = counter('ltd_reconciled_total', 'What Reconcile found and healed.', ['action', reconcileActions]);
  const failed = counter('ltd_reconcile_failures_total', 'What passes of Reconcile could not do, by part.', [
    'part',
    reconcileParts,
  ]);
  const drifted = counter('ltd_drift_found_total', 'Editions that an audit found changed.', ['drift', drifts]);
  const outOfStep = new Counter({
    name: 'ltd_buckets_out_of_step_total',
    help: 'Buckets that a pass found with a mark of another time or installation, each once a pass.',
    registers: [registry],
  });
  return {
    copied: ({ bytes: size, ...results }) => {
      for (const [result, count] of Object.entries(results)) objects.inc({ result }, count);
      bytes.inc(size);
    },
    purged: (outcome) => {
      purges.inc({ outcome });
    },
    delivered: (outcome) => {
      deliveries.inc({ outcome });
    },
    reconciled: (action) => {
      reconciled.inc({ action });
    },
    reconcileFailed: (part) => {
      failed.inc({ part });
    },
    drifted: (drift) => {
      drifted.inc({ drift });
    },
    outOfStep: () => {
      outOfStep.inc();
    },
  };
}
