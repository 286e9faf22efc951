import type { PlanEnd } from '../db/protocol/settle-plan.js';
import type { CopyCounts } from '../domain/copy-counts.js';
import type { RebuildPlan, RemovalCounts } from '../workflows/contract.js';
import { createAuditDrift } from './audit-drift.js';
import { createBeginRebuild } from './begin-rebuild.js';
import { createBuildDashboard } from './build-dashboard.js';
import { createCopyBuild } from './copy-build.js';
import type { ActivityDependencies } from './dependencies.js';
import { toTemporalFailure } from './errors.js';
import { createFinishRebuild } from './finish-rebuild.js';
import { createNoticeRestore } from './notice-restore.js';
import { createPurgeCdn } from './purge-cdn.js';
import { createReconcile, type ReconcileReport } from './reconcile.js';
import { createRemoveStale } from './remove-stale.js';
import { createSettlePlan } from './settle-plan.js';
import { createWakeDashboard } from './wake-dashboard.js';

/** Every activity by the name that histories know it by. */
export interface Activities {
  readonly beginRebuild: (editionId: number) => Promise<RebuildPlan | null>;
  readonly copyBuild: (plan: RebuildPlan) => Promise<CopyCounts>;
  readonly removeStale: (plan: RebuildPlan, copied: CopyCounts) => Promise<RemovalCounts>;
  readonly finishRebuild: (plan: RebuildPlan, counts: CopyCounts, warning: string | null) => Promise<boolean>;
  readonly settlePlan: (plan: RebuildPlan, end: PlanEnd) => Promise<boolean>;
  readonly cancelCurrent: (editionId: number) => Promise<boolean>;
  readonly failRestore: (plan: RebuildPlan) => Promise<void>;
  readonly purgeCdn: (surrogateKey: string) => Promise<void>;
  readonly wakeDashboard: (editionId: number) => Promise<void>;
  readonly buildDashboard: (productId: number) => Promise<boolean>;
  readonly reconcile: () => Promise<ReconcileReport>;
  readonly noticeRestore: () => Promise<void>;
  readonly auditDrift: () => Promise<void>;
}

/** The activities of both task queues, with what they work with built in. */
export function createActivities(deps: ActivityDependencies): Activities {
  const { settlePlan, cancelCurrent, failRestore } = createSettlePlan(deps);
  return {
    beginRebuild: translated(createBeginRebuild(deps)),
    copyBuild: translated(createCopyBuild(deps)),
    removeStale: translated(createRemoveStale(deps)),
    finishRebuild: translated(createFinishRebuild(deps)),
    purgeCdn: translated(createPurgeCdn(deps)),
    wakeDashboard: translated(createWakeDashboard(deps)),
    buildDashboard: translated(createBuildDashboard(deps)),
    reconcile: translated(createReconcile(deps)),
    noticeRestore: translated(createNoticeRestore(deps)),
    auditDrift: translated(createAuditDrift(deps)),
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
