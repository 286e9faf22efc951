import type { PrefixPair } from '../../copy-engine/copy-job.js';
import { buildPrefix, editionPrefix } from '../../domain/object-keys.js';
import type { PlannedBuild, RebuildPlan } from '../../workflows/contract.js';

/** Where a plan copies from and to. */
export function prefixesOf(plan: RebuildPlan, target: PlannedBuild): PrefixPair {
  return {
    bucket: plan.bucket,
    sourcePrefix: buildPrefix(plan.productSlug, target.slug),
    destinationPrefix: editionPrefix(plan.productSlug, plan.editionSlug),
  };
}
