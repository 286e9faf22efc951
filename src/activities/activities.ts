import type { ActivityDeps } from './dependencies.js';
import { createBuildDashboard } from './dashboard/build-dashboard.js';
import { createDeleteBuildObjects } from './deletion/delete-build-objects.js';
import { createFailDomain, createRegisterDomain } from './domains/register-domain.js';
import { toTemporalFailure } from './errors.js';
import { createDeliverEvent, createFinishEvent, createNextEvent } from './events/deliver-event.js';
import { createRecordManifest } from './manifests/record-manifest.js';
import { createCopyBuild } from './rebuild/copy-build.js';
import { createBeginRebuild, createFinishRebuild, createSettlePlan } from './rebuild/finish-rebuild.js';
import { createPurgeCdn } from './rebuild/purge-owed.js';
import { createRemoveStale } from './rebuild/remove-stale.js';
import { createReconcile } from './reconcile/reconcile.js';

/** Every activity by its name in histories. */
export type Activities = ReturnType<typeof createActivities>;

/** Creates the activities of all task queues. Each fails as {@link toTemporalFailure} says. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- Activities is inferred from it
export function createActivities(deps: ActivityDeps) {
  return translated({
    beginRebuild: createBeginRebuild(deps),
    copyBuild: createCopyBuild(deps),
    removeStale: createRemoveStale(deps),
    finishRebuild: createFinishRebuild(deps),
    ...createSettlePlan(deps),
    ...createPurgeCdn(deps),
    buildDashboard: createBuildDashboard(deps),
    recordManifest: createRecordManifest(deps),
    nextEvent: createNextEvent(deps),
    deliverEvent: createDeliverEvent(deps),
    finishEvent: createFinishEvent(deps),
    registerDomain: createRegisterDomain(deps),
    failDomain: createFailDomain(deps),
    reconcile: createReconcile(deps),
    ...createDeleteBuildObjects(deps),
  });
}

type Activity = (...args: never[]) => Promise<unknown>;

function translated<T extends Readonly<Record<string, Activity>>>(activities: T): T {
  const entries = Object.entries<Activity>(activities).map(([name, activity]) => [name, translate(activity)] as const);
  return Object.fromEntries(entries) as T; // the same names, and each activity has its type
}

function translate(activity: Activity): Activity {
  return async (...args) => {
    try {
      return await activity(...args);
    } catch (error) {
      throw toTemporalFailure(error);
    }
  };
}
