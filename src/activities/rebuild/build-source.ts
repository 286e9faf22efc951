import type { BuildSource } from '../../copy-engine/build-source.js';
import { learnBuild } from '../../copy-engine/learn-build.js';
import { buildPrefix } from '../../domain/object-keys.js';
import type { PlannedBuild, RebuildPlan } from '../../workflows/contract.js';
import type { ActivityDependencies } from '../dependencies.js';

/** A plan's build for the engine: its manifest, else what a pass over the bucket learns. */
export function buildSource(
  { store, manifests, copy }: Pick<ActivityDependencies, 'store' | 'manifests' | 'copy'>,
  { plan, target }: { readonly plan: RebuildPlan; readonly target: PlannedBuild },
): BuildSource {
  const job = {
    buildId: target.id,
    bucket: plan.bucket,
    prefix: buildPrefix(plan.productSlug, target.slug),
    complete: true,
    concurrency: copy.concurrency,
  };
  return {
    findManifest: () => manifests.findComplete(target.id),
    learn: (signal) => learnBuild({ store, manifests }, job, { signal }),
  };
}
