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

/** Heartbeats for each log line: about ten seconds. */
const beatsPerLogLine = 5;

/** The progress of an attempt. */
export interface Progress {
  /** Where the next attempt continues. */
  readonly checkpoint: unknown;
  readonly counts: CopyCounts;
}

/** The attempt that heartbeats, and where else its progress is reported. */
export interface HeartbeatOptions {
  readonly context: Context;
  readonly plan: RebuildPlan;
  readonly logger: ServiceLogger;
  readonly metrics: Pick<WorkMetrics, 'copied'>;
  /** The fields that identify the attempt in logs. */
  readonly about: Readonly<Record<string, unknown>>;
  /** The state of the attempt's requests to the store. */
  readonly pressure: () => Pick<StorePressure, 'waitsFor' | 'progress'>;
}

/** Returns the last heartbeat of an earlier attempt of this plan, or undefined. */
export function lastHeartbeat(context: Context, plan: RebuildPlan): Partial<CopyHeartbeat> | undefined {
  // An earlier attempt may have sent anything.
  const details = context.info.heartbeatDetails as Partial<CopyHeartbeat> | null | undefined;
  return details?.planId === plan.planId ? details : undefined;
}

/**
 * Fails the attempt if the last one made no progress and a newer generation exists. An attempt that makes progress
 * runs to its end, so that a steady stream of requests cannot postpone every publication.
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

/** Runs {@link whileBeating} with the progress that `look` returns, and reports it to logs and metrics. */
export async function withHeartbeat<T>(
  options: HeartbeatOptions,
  look: () => Progress,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { context, plan, logger, metrics, about, pressure } = options;
  const meter = new SpeedMeter();
  let beats = 0;
  // Earlier attempts counted their own copies.
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
