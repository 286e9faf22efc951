import type { Context } from '@temporalio/activity';
import type { CopyCounts } from '../domain/copy-counts.js';
import { copyDelta } from '../domain/copy-delta.js';
import { SpeedMeter } from '../domain/copy-speed.js';
import type { StorePressure } from '../integrations/object-store/store-flows.js';
import type { WorkMetrics } from '../observability/metrics/work-metrics.js';
import type { ServiceLogger } from '../services/ports.js';
import type { CopyHeartbeat, RebuildPlan } from '../workflows/contract.js';
import { whileBeating } from './while-beating.js';

/** Every so many beats the log is told too: some ten seconds. */
const beatsPerLogLine = 5;

/** How far an attempt has got. */
export interface Progress {
  /** Where the next attempt can go on. */
  readonly checkpoint: unknown;
  readonly counts: CopyCounts;
}

/** Whose heartbeat it is, and who is told of it beside Temporal. */
export interface HeartbeatOptions {
  readonly context: Context;
  readonly plan: RebuildPlan;
  readonly logger: ServiceLogger;
  readonly metrics: Pick<WorkMetrics, 'copied'>;
  /** How logs name the attempt. */
  readonly about: Readonly<Record<string, unknown>>;
  /** How it goes with the attempt's requests to the store. */
  readonly pressure: () => Pick<StorePressure, 'waitsFor'>;
}

/** What the last attempt of this plan had told, or undefined: a new plan starts from nothing. */
export function lastHeartbeat(context: Context, plan: RebuildPlan): Partial<CopyHeartbeat> | undefined {
  const details = context.info.heartbeatDetails as Partial<CopyHeartbeat> | null | undefined; // whatever an attempt sent
  return details?.planId === plan.planId ? details : undefined;
}

/** Heartbeats while `work` runs, also while it only waits, with what `look` finds at that moment. */
export async function withHeartbeat<T>(
  options: HeartbeatOptions,
  look: () => Progress,
  work: () => Promise<T>,
): Promise<T> {
  const { context, plan, logger, metrics, about, pressure } = options;
  const meter = new SpeedMeter();
  let beats = 0;
  // What an earlier attempt did, it has counted.
  let counted = look().counts;
  const latest = (): CopyHeartbeat => {
    const { checkpoint, counts } = look();
    metrics.copied(copyDelta(counted, counts));
    counted = counts;
    const live = { ...meter.measure(performance.now(), counts), waiting_for: pressure().waitsFor };
    if (beats > 0 && beats % beatsPerLogLine === 0)
      logger.info({ ...about, ...counts, ...live }, 'under way');
    beats += 1;
    return { planId: plan.planId, checkpoint, counts, live };
  };
  return whileBeating(context, latest, work);
}
