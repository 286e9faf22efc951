import { removePrefix } from '../../src/copy-engine/remove-prefix.js';
import type { Activities } from '../../src/activities/activities.js';
import { editionPrefix } from '../../src/domain/object-keys.js';
import type { ObjectStore } from '../../src/integrations/object-store/object-store.js';

/**
 * For tests only: the order of LTD Keeper 1.9.0, which empties an edition before it copies. It shows that what looks for
 * broken pages would find them.
 */
export function deleteFirst(activities: Activities, store: ObjectStore): Activities {
  return {
    ...activities,
    copyBuild: async (plan) => {
      const { bucket, productSlug, editionSlug } = plan;
      const job = { bucket, prefix: editionPrefix(productSlug, editionSlug), directoryRedirects: false };
      const { signal } = new AbortController();
      await removePrefix({ store }, job, { signal, mayWrite: () => undefined });
      return await activities.copyBuild(plan);
    },
  };
}
