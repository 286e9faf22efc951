import { removePrefix } from '../../src/copy-engine/removal.js';
import type { Activities } from '../../src/activities/activities.js';
import { editionPrefix } from '../../src/domain/object-keys.js';
import type { ObjectStore } from '../../src/integrations/object-store/object-store.js';

/**
 * Updates an edition as LTD Keeper 1.9.0 did, which empties it before it copies. It shows that the readers' test
 * detects broken pages.
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
