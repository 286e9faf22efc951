import type { BuildSource } from '../../copy-engine/build-source.js';
import { recordManifest } from '../../copy-engine/record-manifest.js';
import { buildPrefix } from '../../domain/object-keys.js';
import type { PlannedBuild, RebuildPlan } from '../../workflows/contract.js';
import type { ActivityDeps } from '../dependencies.js';

/** A plan's build for the engine: its manifest, else what a pass over the bucket learns. */
export function buildSource(
  { store, manifests, copy }: Pick<ActivityDeps, 'store' | 'manifests' | 'copy'>,
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
    learn: (signal) => recordManifest({ store, manifests }, job, { signal }),
  };
}
