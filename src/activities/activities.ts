import type { CopyCounts } from '../domain/copy-counts.js';
import type { EditionEvent } from '../domain/edition-event.js';
import type {
  CopyReport,
  EditionWork,
  EventDelivery,
  ManifestReport,
  PartReport,
  RebuildPlan,
  ReconcilePart,
  RemovalReport,
  UndeliveredEvent,
} from '../workflows/contract.js';
import {
  createBeginRebuild,
  createFinishRebuild,
  createSettlePlan,
  type PlanSettlingSteps,
} from './rebuild/finish-rebuild.js';
import { createBuildDashboard } from './dashboard/build-dashboard.js';
import { createCopyBuild } from './rebuild/copy-build.js';
import { createDeliverEvent, createFinishEvent, createNextEvent } from './events/deliver-event.js';
import type { ActivityDeps } from './dependencies.js';
import { toTemporalFailure } from './errors.js';
import { createFailDomain, createRegisterDomain } from './domains/register-domain.js';
import { createRecordManifest } from './manifests/record-manifest.js';
import { type BuildRemovalSteps, createDeleteBuildObjects } from './deletion/delete-build-objects.js';
import { createPurgeCdn, type PurgeSteps } from './rebuild/purge-owed.js';
import { createReconcile } from './reconcile/reconcile.js';
import { createRemoveStale } from './rebuild/remove-stale.js';

/** Every activity by the name that histories know it by. */
export interface Activities extends BuildRemovalSteps, PlanSettlingSteps, PurgeSteps {
  readonly beginRebuild: (editionId: number) => Promise<EditionWork>;
  readonly copyBuild: (plan: RebuildPlan) => Promise<CopyReport>;
  readonly removeStale: (plan: RebuildPlan, copied: CopyCounts) => Promise<RemovalReport>;
  readonly finishRebuild: (plan: RebuildPlan, counts: CopyCounts, warning: string | null) => Promise<boolean>;
  readonly buildDashboard: (productId: number) => Promise<boolean>;
  readonly recordManifest: (buildId: number) => Promise<ManifestReport>;
  readonly nextEvent: (editionId: number) => Promise<UndeliveredEvent | null>;
  readonly deliverEvent: (event: EditionEvent, id?: string) => Promise<void>;
  readonly finishEvent: (eventId: string, delivery: EventDelivery) => Promise<void>;
  readonly registerDomain: (productId: number) => Promise<void>;
  readonly failDomain: (productId: number, reason: string) => Promise<void>;
  readonly reconcile: (part: ReconcilePart) => Promise<PartReport>;
}

/** The activities of all task queues, with what they work with built in. */
export function createActivities(deps: ActivityDeps): Activities {
  const { settlePlan, cancelCurrent, failRestore } = createSettlePlan(deps);
  const { beginDeletion, deleteBuildObjects, finishDeletion } = createDeleteBuildObjects(deps);
  const { purgeCdn, purgeEdition } = createPurgeCdn(deps);
  return {
    beginRebuild: translated(createBeginRebuild(deps)),
    copyBuild: translated(createCopyBuild(deps)),
    removeStale: translated(createRemoveStale(deps)),
    finishRebuild: translated(createFinishRebuild(deps)),
    purgeCdn: translated(purgeCdn),
    purgeEdition: translated(purgeEdition),
    buildDashboard: translated(createBuildDashboard(deps)),
    recordManifest: translated(createRecordManifest(deps)),
    nextEvent: translated(createNextEvent(deps)),
    deliverEvent: translated(createDeliverEvent(deps)),
    finishEvent: translated(createFinishEvent(deps)),
    registerDomain: translated(createRegisterDomain(deps)),
    failDomain: translated(createFailDomain(deps)),
    reconcile: translated(createReconcile(deps)),
    beginDeletion: translated(beginDeletion),
    deleteBuildObjects: translated(deleteBuildObjects),
    finishDeletion: translated(finishDeletion),
    settlePlan: translated(settlePlan),
    cancelCurrent: translated(cancelCurrent),
    failRestore: translated(failRestore),
  };
}

/** The same activity, failing in Temporal's words. */
function translated<Args extends unknown[], Result>(
  activity: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await activity(...args);
    } catch (error) {
      throw toTemporalFailure(error);
    }
  };
}
