import { isDeepStrictEqual } from 'node:util';
import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Knex } from 'knex';
import { Edition } from '../db/models/edition.js';
import { type CopyCounts, copyDelta } from '../domain/copy-counts.js';
import { SpeedMeter } from '../domain/copy-speed.js';
import type { StorePressure } from '../integrations/object-store/admission.js';
import type { WorkMetrics } from '../observability/metrics/work-metrics.js';
import type { ServiceLogger } from '../services/ports.js';
import { type CopyHeartbeat, overtakenFailure, type RebuildPlan } from '../workflows/contract.js';
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
  readonly pressure: () => Pick<StorePressure, 'waitsFor' | 'progress'>;
}

/** What the last attempt of this plan had told, or undefined: a new plan starts from nothing. */
export function lastHeartbeat(context: Context, plan: RebuildPlan): Partial<CopyHeartbeat> | undefined {
  // An earlier attempt may have sent anything.
  const details = context.info.heartbeatDetails as Partial<CopyHeartbeat> | null | undefined;
  return details?.planId === plan.planId ? details : undefined;
}

/**
 * Lets a newer generation pass where the last attempt made no progress: what only fails must not block what may
 * succeed. An attempt that makes progress runs to its end, so a steady stream of requests cannot postpone every
 * publication.
 *
 * @throws {ApplicationFailure} of the type {@link overtakenFailure}.
 */
export async function giveWay(knex: Knex, context: Context, plan: RebuildPlan): Promise<void> {
  if (context.info.attempt === 1 || lastHeartbeat(context, plan)?.progressed === true) return;
  const edition = await Edition.query(knex).findById(plan.editionId).select('generation');
  if ((edition?.generation ?? 0) > plan.generation)
    throw ApplicationFailure.nonRetryable(
      'The last attempt made no progress, and a newer build is declared.',
      overtakenFailure,
    );
}

/** As {@link whileBeating}, with what `look` finds at that moment. An attempt gets on when the store answers it. */
export async function withHeartbeat<T>(
  options: HeartbeatOptions,
  look: () => Progress,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { context, plan, logger, metrics, about, pressure } = options;
  const meter = new SpeedMeter();
  let beats = 0;
  // What an earlier attempt did, it has counted.
  const begun = look();
  let counted = begun.counts;
  const hasProgressed = ({ checkpoint, counts }: Progress): boolean => {
    const { copied, removed } = copyDelta(begun.counts, counts);
    return copied + removed > 0 || !isDeepStrictEqual(checkpoint, begun.checkpoint);
  };
  const latest = (): CopyHeartbeat => {
    const { checkpoint, counts } = look();
    metrics.copied(copyDelta(counted, counts));
    counted = counts;
    const live = { ...meter.measure(performance.now(), counts), waiting_for: pressure().waitsFor };
    if (beats > 0 && beats % beatsPerLogLine === 0) logger.info({ ...about, ...counts, ...live }, 'under way');
    beats += 1;
    const progressed = hasProgressed({ checkpoint, counts }) ? ({ progressed: true } as const) : {};
    return { planId: plan.planId, checkpoint, counts, live, ...progressed };
  };
  return whileBeating({ context, latest, progress: () => pressure().progress }, work);
}
