import { Context } from '@temporalio/activity';
import type { WriteControl } from '../copy-engine/copy-job.js';
import { removePrefix } from '../copy-engine/remove-prefix.js';
import { removeStale } from '../copy-engine/remove-stale.js';
import { verifyCopy } from '../copy-engine/verify.js';
import { vacatingSlugs } from '../db/protocol/begin.js';
import type { CopyCounts } from '../domain/copy-counts.js';
import { editionPrefix } from '../domain/object-keys.js';
import type { RebuildPlan, RemovalCounts } from '../workflows/contract.js';
import { aboutPlan } from './copy-build.js';
import type { ActivityDependencies } from './dependencies.js';
import { withHeartbeat } from './heartbeat.js';
import { prefixesOf } from './prefixes.js';
import { wakeEdition } from './wake-edition.js';
import { withWriterLease } from './writer-lease.js';

/**
 * Removes what the build does not have, empties the prefixes of earlier slugs, looks that the edition's prefix is the
 * build exactly, and records `verified`. Safe to retry: what is gone is gone, and it demands a recorded copy each time.
 */
export function createRemoveStale(deps: ActivityDependencies) {
  return async (plan: RebuildPlan, copied: CopyCounts): Promise<RemovalCounts> => {
    const context = Context.current();
    const counts = await withHeartbeat(context, plan, { checkpoint: null, counts: copied }, (tell) =>
      withWriterLease(
        { ...deps, wake: () => wakeEdition(deps, plan) },
        { plan, work: 'removal', signal: context.cancellationSignal },
        async (lease) => {
          let objects = 0;
          const control = (sofar: number) => ({
            ...lease,
            onRemoved: (removed: number) => {
              objects = sofar + removed;
              tell(null, { ...copied, objects_removed: objects });
            },
          });
          await makeExact(deps, plan, control(objects));
          const vacated = await emptyVacated(deps, plan, () => control(objects));
          return { record: 'verified' as const, vacated, result: { ...copied, objects_removed: objects } };
        },
      ),
    );
    deps.logger.info({ ...aboutPlan(plan), ...counts }, 'verified');
    return context.info.attempt > 1 ? { ...counts, retried: true } : counts;
  };
}

type Control = WriteControl & { onRemoved(objects: number): void };

/** Under the edition's own slug: the build and nothing else, or nothing at all. */
async function makeExact(deps: ActivityDependencies, plan: RebuildPlan, control: Control): Promise<void> {
  if (plan.target === null) {
    await removePrefix(deps, prefixJob(deps, plan, plan.editionSlug), control);
    return;
  }
  const prefixes = prefixesOf(plan, plan.target);
  await removeStale(deps, prefixes, control);
  await verifyCopy(deps, prefixes, control);
}

/**
 * Under the slugs that the edition had before: nothing. Never under the one that this plan publishes, even where it has
 * been declared away meanwhile: the plan for the new slug empties it, once readers have the new address.
 */
async function emptyVacated(
  deps: ActivityDependencies,
  plan: RebuildPlan,
  control: () => Control,
): Promise<readonly string[]> {
  const slugs = (await vacatingSlugs(deps.knex, plan.editionId)).filter((slug) => slug !== plan.editionSlug);
  for (const slug of slugs) await removePrefix(deps, prefixJob(deps, plan, slug), control());
  return slugs;
}

function prefixJob({ s3 }: ActivityDependencies, plan: RebuildPlan, slug: string) {
  return {
    bucket: plan.bucket,
    prefix: editionPrefix(plan.productSlug, slug),
    directoryRedirects: s3.directoryRedirects,
  };
}
