import type { CopyCounts } from '../domain/copy-counts.js';
import type { EditionEvent } from '../domain/edition-event.js';
import type {
  CopyReport,
  EditionWork,
  EventDelivery,
  LearnReport,
  PartReport,
  RebuildPlan,
  ReconcilePart,
  RemovalReport,
  UndeliveredEvent,
} from '../workflows/contract.js';
import { createBeginRebuild } from './rebuild/begin-rebuild.js';
import { createBuildDashboard } from './dashboard/build-dashboard.js';
import { createCopyBuild } from './rebuild/copy-build.js';
import { createDeliverEvent } from './events/deliver-event.js';
import type { ActivityDependencies } from './dependencies.js';
import { toTemporalFailure } from './errors.js';
import { createFailDomain } from './domains/fail-domain.js';
import { createFinishEvent } from './events/finish-event.js';
import { createFinishRebuild } from './rebuild/finish-rebuild.js';
import { createLearnBuild } from './manifests/learn-build.js';
import { createNextEvent } from './events/next-event.js';
import { type BuildRemovalSteps, createPurgeBuild } from './deletion/purge-build.js';
import { createPurgeCdn, type PurgeSteps } from './rebuild/purge-owed.js';
import { createReconcile } from './reconcile/reconcile.js';
import { createRegisterDomain } from './domains/register-domain.js';
import { createRemoveStale } from './rebuild/remove-stale.js';
import { createSettlePlan, type PlanSettlingSteps } from './rebuild/settle-plan.js';

/** Every activity by the name that histories know it by. */
export interface Activities extends BuildRemovalSteps, PlanSettlingSteps, PurgeSteps {
  readonly beginRebuild: (editionId: number) => Promise<EditionWork>;
  readonly copyBuild: (plan: RebuildPlan) => Promise<CopyReport>;
  readonly removeStale: (plan: RebuildPlan, copied: CopyCounts) => Promise<RemovalReport>;
  readonly finishRebuild: (plan: RebuildPlan, counts: CopyCounts, warning: string | null) => Promise<boolean>;
  readonly buildDashboard: (productId: number) => Promise<boolean>;
  readonly learnBuild: (buildId: number) => Promise<LearnReport>;
  readonly nextEvent: (editionId: number) => Promise<UndeliveredEvent | null>;
  readonly deliverEvent: (event: EditionEvent, id?: string) => Promise<void>;
  readonly finishEvent: (eventId: string, delivery: EventDelivery) => Promise<void>;
  readonly registerDomain: (productId: number) => Promise<void>;
  readonly failDomain: (productId: number, reason: string) => Promise<void>;
  readonly reconcile: (part: ReconcilePart) => Promise<PartReport>;
}

/** The activities of all task queues, with what they work with built in. */
export function createActivities(deps: ActivityDependencies): Activities {
  const { settlePlan, cancelCurrent, failRestore } = createSettlePlan(deps);
  const { beginPurge, purgeBuild, finishPurge } = createPurgeBuild(deps);
  const { purgeCdn, purgeEdition } = createPurgeCdn(deps);
  return {
    beginRebuild: translated(createBeginRebuild(deps)),
    copyBuild: translated(createCopyBuild(deps)),
    removeStale: translated(createRemoveStale(deps)),
    finishRebuild: translated(createFinishRebuild(deps)),
    purgeCdn: translated(purgeCdn),
    purgeEdition: translated(purgeEdition),
    buildDashboard: translated(createBuildDashboard(deps)),
    learnBuild: translated(createLearnBuild(deps)),
    nextEvent: translated(createNextEvent(deps)),
    deliverEvent: translated(createDeliverEvent(deps)),
    finishEvent: translated(createFinishEvent(deps)),
    registerDomain: translated(createRegisterDomain(deps)),
    failDomain: translated(createFailDomain(deps)),
    reconcile: translated(createReconcile(deps)),
    beginPurge: translated(beginPurge),
    purgeBuild: translated(purgeBuild),
    finishPurge: translated(finishPurge),
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
