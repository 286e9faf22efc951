import { Context } from '@temporalio/activity';
import { type RemovalControl, removePrefix, removeStale } from '../../copy-engine/removal.js';
import { vacatingSlugs } from '../../db/protocol/begin.js';
import type { CopyCounts } from '../../domain/copy-counts.js';
import { hasCode, LtdError } from '../../domain/errors.js';
import { editionPrefix } from '../../domain/object-keys.js';
import { withFlow } from '../../integrations/object-store/store-flows.js';
import type { RebuildPlan, RemovalReport } from '../../workflows/contract.js';
import { copiedEtags } from '../../db/queries/edition-etags.js';
import { aboutPlan, prefixesOf } from './copy-build.js';
import type { ActivityDeps } from '../dependencies.js';
import { giveWay, withHeartbeat } from '../heartbeat.js';
import { neverWritten } from './end-uploads.js';
import { purgeAtOnce } from './purge-owed.js';
import { signalEdition } from './signal-downstream.js';
import { withWriterLease } from './writer-lease.js';

/**
 * Removes what the build does not have, empties the prefixes of earlier slugs, looks that the edition's prefix is the
 * build exactly, and records `verified`; then it purges the CDN of what it removed, if that can be done at once. Safe
 * to retry: what is gone is gone, and it demands a recorded copy each time.
 */
export function createRemoveStale(deps: ActivityDeps) {
  return async (plan: RebuildPlan, copied: CopyCounts): Promise<RemovalReport> => {
    const context = Context.current();
    const about = aboutPlan(plan);
    await giveWay(deps.knex, context, plan);
    let objects = 0;
    const look = () => ({ checkpoint: null, counts: { ...copied, objects_removed: objects } });
    return withFlow(deps.stores, { name: `remove ${plan.planId}` }, ({ store, pressure }) =>
      withHeartbeat({ ...deps, context, plan, about, pressure }, look, async (signal) => {
        await withWriterLease(
          { ...deps, wake: () => signalEdition(deps, plan) },
          { plan, work: { kind: 'removal', uncached: deps.cdn === null }, signal },
          async (lease) => {
            const control = (sofar: number) => ({
              ...lease,
              onRemoved: (removed: number) => {
                objects = sofar + removed;
              },
              beforeAssets: (pages: number) =>
                pages > 0 || context.info.attempt > 1 ? purgeRemovedPages(deps, plan, lease.signal) : Promise.resolve(),
            });
            const vacated = await clear({ ...deps, store }, plan, () => control(objects));
            return { record: 'verified' as const, vacated, wroteNothing: objects === 0, result: undefined };
          },
        );
        const { counts } = look();
        deps.logger.info({ ...about, ...counts }, 'verified');
        return { ...counts, ...(await purgeAtOnce(deps, plan, signal)) };
      }),
    );
  };
}

type Control = RemovalControl & { onRemoved(objects: number): void };

/**
 * Readers may have fetched a page that is removed between the purge before and its removal; the CDN would show it on
 * without what it refers to. A CDN that fails here keeps nothing waiting: a purge that is repeated until it succeeds
 * comes after the removal.
 */
async function purgeRemovedPages(
  { cdn, logger }: Pick<ActivityDeps, 'cdn' | 'logger'>,
  plan: RebuildPlan,
  signal: AbortSignal,
): Promise<void> {
  try {
    await cdn?.purge(plan.surrogateKey, { signal });
  } catch (error) {
    signal.throwIfAborted();
    logger.warn(
      { ...aboutPlan(plan), err: error },
      'the CDN was not purged of the removed pages: it is asked again after the removal',
    );
  }
}

/** Makes all prefixes of the edition what they should be, and returns the earlier slugs whose prefixes are empty. */
async function clear(deps: ActivityDeps, plan: RebuildPlan, control: () => Control): Promise<readonly string[]> {
  try {
    await makeExact(deps, plan, control());
    return await emptyVacated(deps, plan, control);
  } catch (error) {
    // A bucket that answers again may hold what earlier attempts wrote: the restore must repeat until it is deleted.
    if (!hasCode(error, 'bucket_missing') || !(await neverWritten(deps, plan))) throw error;
    return vacatingSlugs(deps.knex, plan.editionId);
  }
}

/** Under the edition's own slug: the build and nothing else, or nothing at all. */
async function makeExact(deps: ActivityDeps, plan: RebuildPlan, control: Control): Promise<void> {
  if (plan.target === null) {
    await removePrefix(deps, prefixJob(deps, plan, plan.editionSlug), control);
    return;
  }
  const manifest = await deps.manifests.findComplete(plan.target.id);
  if (manifest === null)
    throw new LtdError(
      'verification_failed',
      'The manifest of the build was forgotten after the copy: it is learnt and copied again.',
    );
  const etags = copiedEtags(deps.knex, plan.editionId);
  await removeStale({ ...deps, etags }, { ...prefixesOf(plan, plan.target), manifest }, control);
}

/**
 * Under the slugs that the edition had before: nothing. Never under the one that this plan publishes, even where it has
 * been declared away meanwhile: the plan for the new slug empties it, once readers have the new address.
 */
async function emptyVacated(deps: ActivityDeps, plan: RebuildPlan, control: () => Control): Promise<readonly string[]> {
  const slugs = (await vacatingSlugs(deps.knex, plan.editionId)).filter((slug) => slug !== plan.editionSlug);
  for (const slug of slugs) await removePrefix(deps, prefixJob(deps, plan, slug), control());
  return slugs;
}

function prefixJob({ s3 }: ActivityDeps, plan: RebuildPlan, slug: string) {
  return {
    bucket: plan.bucket,
    prefix: editionPrefix(plan.productSlug, slug),
    directoryRedirects: s3.directoryRedirects,
  };
}
