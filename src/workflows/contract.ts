import type { CopyCounts } from '../domain/copy-counts.js';

/**
 * What the API, the worker and the command line know of the workflows: names, ids, task queues and shapes, never an
 * implementation. Everything here crosses a process boundary, so a change must stay readable by runs already open.
 */

/** Task queues: copies on their own few slots, everything else beside them. */
export const taskQueues = { keeper: 'keeper', copy: 'keeper-copy' } as const;

/** Workflow types, as the Web UI and `temporal workflow list` show them. */
export const workflowTypes = {
  rebuildEdition: 'RebuildEdition',
  buildDashboard: 'BuildDashboard',
  reconcile: 'Reconcile',
} as const;

/** The signal that says "look again". It carries no work, so that none can be lost, repeated or reordered to harm. */
export const wakeSignal = 'wake';

/** The query that answers what a run is doing, as {@link RebuildStatus}. */
export const statusQuery = 'status';

/** The activity id of every copy, so that `temporal activity ... --activity-id copy` always means it. */
export const copyActivityId = 'copy';

/** The schedule that starts {@link workflowTypes.reconcile}, and the workflow id its runs derive from. */
export const reconcileScheduleId = 'reconcile';

/** The one workflow id of an edition: the server allows one open run of it, so at most one rebuild. */
export function rebuildWorkflowId(editionId: number): string {
  return `rebuild-edition-${editionId}`;
}

/** The one workflow id of a product's dashboard. */
export function dashboardWorkflowId(productId: number): string {
  return `build-dashboard-${productId}`;
}

/** Which edition a `RebuildEdition` run converges. */
export interface RebuildEditionInput {
  readonly editionId: number;
}

/** Which product's dashboard a `BuildDashboard` run builds. */
export interface BuildDashboardInput {
  readonly productId: number;
}

/** The payload of {@link wakeSignal}: the generation that the sender has just committed. */
export interface Wake {
  readonly generation: number;
}

/** Where a `RebuildEdition` run stands. */
export type RebuildPhase =
  'looking' | 'copying' | 'purging' | 'removing' | 'finishing' | 'settling' | 'waking the dashboard';

/** What to make the bucket show under one slug, fixed by `beginRebuild` and named by its token. */
export interface RebuildPlan {
  /** Token of the plan: whoever works for it proves with it that it is still the one. */
  readonly planId: string;
  readonly editionId: number;
  readonly productId: number;
  readonly generation: number;
  /** True when no newer build is asked for: the published build is to be made whole again. */
  readonly restore: boolean;
  /** The build to show; null empties the prefix, for an edition that never published anything. */
  readonly target: PlannedBuild | null;
  readonly bucket: string;
  readonly productSlug: string;
  readonly editionSlug: string;
  readonly surrogateKey: string;
}

/** The build of a {@link RebuildPlan}. */
export interface PlannedBuild {
  readonly id: number;
  readonly slug: string;
}

/** The answer of {@link statusQuery}. */
export interface RebuildStatus {
  readonly phase: RebuildPhase;
  readonly generation: number | null;
  readonly build: PlannedBuild | null;
  readonly restore: boolean;
  readonly counts: CopyCounts | null;
}

/** What the removal answers. */
export interface RemovalCounts extends CopyCounts {
  /** Whether an earlier attempt, of which nothing is known, may have removed what is not counted. */
  readonly retried?: boolean;
}

/** How a plan may be settled other than by publication. */
export type SettledOutcome = 'failed' | 'cancelled';

/** What a heartbeat of the copy carries for onlookers, beside the checkpoint that only the copy reads. */
export interface CopyHeartbeat {
  readonly planId: string;
  readonly checkpoint: unknown;
  readonly counts: CopyCounts;
}

/** The `type` of the ApplicationFailure that tells the workflow to look again: the plan is no longer the one. */
export const planVoidFailure = 'plan_void';

/** The `type` of the ApplicationFailure that sends the workflow back to the copy. */
export const verificationFailure = 'verification_failed';
