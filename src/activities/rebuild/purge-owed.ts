import { type CachedRow, confirmPurge, failPurge, owedPurge } from '../../db/protocol/owed-purges.js';
import { reasonOf } from '../../process/failure-message.js';
import { withinTime } from '../../process/limits.js';
import type { RebuildPlan } from '../../workflows/contract.js';
import type { ActivityDeps } from '../dependencies.js';

type Deps = Pick<ActivityDeps, 'knex' | 'cdn'>;

/** The purges that are steps of their own. Safe to retry: a purge too many costs a cache fill. */
export interface PurgeSteps {
  /** Of a build that is deleted: its own run repeats the step until the CDN confirms it. */
  readonly purgeCdn: (surrogateKey: string) => Promise<void>;
  readonly purgeEdition: (editionId: number) => Promise<void>;
}

/** Makes {@link PurgeSteps}. */
export function createPurgeCdn(deps: Deps): PurgeSteps {
  return {
    purgeCdn: async (surrogateKey) => deps.cdn?.purge(surrogateKey),
    purgeEdition: (editionId) => purgeOwed(deps, editionRow({ editionId })),
  };
}

/**
 * Purges what a row owes the CDN, and notes the confirmation. Does nothing where the row owes nothing. A purge is owed
 * until its confirmation is committed, so a process that dies in between costs a purge too many, never one too few.
 *
 * @throws {LtdError} as {@link Cdn.purge}, after the row has noted why.
 */
export async function purgeOwed(deps: Deps, row: CachedRow): Promise<void> {
  try {
    await sendPurge(deps, row);
  } catch (error) {
    await failPurge(deps.knex, row, reasonOf(error));
    throw error;
  }
}

/** Where no CDN is configured any more, nothing is kept anywhere: that counts as a confirmation. */
async function sendPurge({ knex, cdn }: Deps, row: CachedRow, signal?: AbortSignal): Promise<void> {
  const owed = await owedPurge(knex, row);
  if (owed === null) return;
  await cdn?.purge(owed.surrogateKey, signal === undefined ? {} : { signal });
  await confirmPurge(knex, row, owed.due);
}

/** The edition's row. */
export function editionRow({ editionId }: Pick<RebuildPlan, 'editionId'>): CachedRow {
  return { table: 'editions', id: editionId };
}

/** Longest that a step waits for a purge that is not its own work. Milliseconds. */
const patience = 2_000;

/**
 * The first try of a purge, made by the step that made it due: as a step of its own it costs another round through
 * Temporal. Answers `purged` when the edition owes nothing afterwards; otherwise the workflow purges in a step of its
 * own.
 *
 * @throws the signal's reason when the step is cancelled.
 */
export async function purgeAtOnce(
  deps: Deps & Pick<ActivityDeps, 'logger'>,
  plan: RebuildPlan,
  signal: AbortSignal,
): Promise<{ readonly purged?: true }> {
  if (deps.cdn === null) return { purged: true };
  try {
    await withinTime(patience, (limited) => sendPurge(deps, editionRow(plan), limited), { source: signal });
    return { purged: true };
  } catch (error) {
    signal.throwIfAborted();
    deps.logger.warn({ plan_id: plan.planId, err: error }, 'the CDN was not purged at once: it is asked again');
    return {};
  }
}
