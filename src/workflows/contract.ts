import type { CopyCounts, WaitReason } from '../domain/copy-counts.js';
import type { CopySpeed } from '../domain/copy-speed.js';
import type { EditionEvent, EventOutcome } from '../domain/edition-event.js';

/**
 * The contract of the workflows with the API, the worker and the command line: names, ids, task queues and shapes,
 * never an implementation. All of it crosses a process boundary, so open runs must still be able to read it after a
 * change.
 */

/**
 * Task queues. Copies, recordings of manifests and calls to the receiver of events, which may be slow, have a few slots
 * each; all other work shares a queue.
 */
export const taskQueues = {
  keeper: 'keeper',
  copy: 'keeper-copy',
  manifests: 'keeper-manifests',
  events: 'keeper-events',
} as const;

/** The name of a task queue. */
export type TaskQueue = (typeof taskQueues)[keyof typeof taskQueues];

/** Workflow types, as the Web UI and `temporal workflow list` show them. */
export const workflowTypes = {
  rebuildEdition: 'RebuildEdition',
  buildDashboard: 'BuildDashboard',
  recordManifest: 'RecordManifest',
  deliverEvents: 'DeliverEvents',
  registerDomain: 'RegisterDomain',
  reconcile: 'Reconcile',
  deleteBuildObjects: 'DeleteBuildObjects',
} as const;

/** The signal that means "check again". It carries no work, so losing, repeating or reordering it does no harm. */
export const wakeSignal = 'wake';

/** The header with the id of the HTTP request that caused the work. It decides nothing. */
export const requestIdHeader = 'ltd-request-id';

/** The query for the state of a run: {@link RebuildStatus}. */
export const statusQuery = 'status';

/** The activity id of every copy, for `temporal activity ... --activity-id copy`. */
export const copyActivityId = 'copy';

/** The activity id of every call to the receiver of events. */
export const deliverActivityId = 'deliver';

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

/** The one workflow id of the recording of a build's manifest. */
export function manifestWorkflowId(buildId: number): string {
  return `record-manifest-${buildId}`;
}

/** The one workflow id of the deletion of a build's objects. */
export function deletionWorkflowId(buildId: number): string {
  return `delete-build-objects-${buildId}`;
}

/** The one workflow id of the delivery of an edition's events, which keeps their order. */
export function eventsWorkflowId(editionId: number): string {
  return `deliver-events-${editionId}`;
}

/** The one workflow id of the registration of a product's domain. */
export function domainWorkflowId(productId: number): string {
  return `register-domain-${productId}`;
}

/**
 * The parts of a pass of `Reconcile`, each an activity of its own: editions, dashboards, events and domains that need a
 * run and have none, the marks of buckets, the audit of one edition, due deletions, abandoned uploads.
 */
export const reconcileParts = [
  'editions',
  'dashboards',
  'events',
  'domains',
  'buckets',
  'audit',
  'removals',
  'uploads',
] as const;

/** One of {@link reconcileParts}. */
export type ReconcilePart = (typeof reconcileParts)[number];

/** How many items of a part of a pass succeeded, and how many failed. */
export interface PartReport {
  readonly done: number;
  readonly failed: number;
}

/** Which edition a `RebuildEdition` run converges. */
export interface RebuildEditionInput {
  readonly editionId: number;
}

/** Which product's dashboard a `BuildDashboard` run builds. */
export interface BuildDashboardInput {
  readonly productId: number;
}

/** The build whose manifest a `RecordManifest` run records. */
export interface RecordManifestInput {
  readonly buildId: number;
  /** The state of the previous run: a new one continues it, so that no history grows long. */
  readonly since?: {
    /** The start of the first run, and the last pause. Milliseconds. */
    readonly startedAt: number;
    readonly pause: number;
  };
}

/** The result of a pass over a build. */
export interface ManifestReport {
  /** `recorded`: the manifest is complete. `ended`: the build is deprecated or gone. */
  readonly state: 'uploading' | 'recorded' | 'ended';
  readonly objects: number;
  readonly bytes: number;
  /** Whether the pass found an object that the previous one did not. */
  readonly changed: boolean;
}

/** The build whose objects a `DeleteBuildObjects` run deletes. */
export interface DeleteBuildObjectsInput {
  readonly buildId: number;
}

/** A build whose objects are due for deletion. No edition can declare it any more. */
export interface BuildDeletion {
  readonly buildId: number;
  readonly bucket: string;
  readonly productSlug: string;
  readonly buildSlug: string;
  readonly surrogateKey: string;
}

/** Which edition's events a `DeliverEvents` run delivers. */
export interface DeliverEventsInput {
  readonly editionId: number;
}

/** Which product's domain a `RegisterDomain` run registers. */
export interface RegisterDomainInput {
  readonly productId: number;
}

/** The payload of {@link wakeSignal}: the generation that the sender has just committed. */
export interface Wake {
  readonly generation: number;
}

/** The phase of a `RebuildEdition` run. */
export type RebuildPhase = 'looking' | 'copying' | 'purging' | 'removing' | 'finishing' | 'settling';

/** The build that the bucket shall show under one slug. `beginRebuild` fixes it and gives it a token. */
export interface RebuildPlan {
  /** Token of the plan. Each step proves with it that the plan still stands. */
  readonly planId: string;
  readonly editionId: number;
  readonly productId: number;
  readonly generation: number;
  /** True if no newer build is requested, and the plan restores the published build. */
  readonly restore: boolean;
  /**
   * The build to show. Null empties the prefix of an edition that never published, or whose objects are due for
   * deletion.
   */
  readonly target: PlannedBuild | null;
  readonly bucket: string;
  readonly productSlug: string;
  readonly editionSlug: string;
  readonly surrogateKey: string;
  /** The id of the HTTP request that caused it. Null or absent without one. */
  readonly requestId?: string | null;
}

/**
 * The work that `beginRebuild` finds: a plan; `purge` if the edition only owes a purge; null if it is at rest, or if
 * the pause after a failed purge is not over.
 */
export type EditionWork = RebuildPlan | 'purge' | null;

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

/** The result of a step that may make a purge due. */
interface PurgeReport {
  /** True if the edition owes no purge after the step. Otherwise the workflow purges. */
  readonly purged?: true;
}

/** The result of the copy. */
export interface CopyReport extends CopyCounts, PurgeReport {
  /** Whether it verified the whole prefix and found no stale object. The row decides, not this. */
  readonly verified?: true;
}

/** The result of the removal of stale objects. */
export type RemovalReport = CopyCounts & PurgeReport;

/** The outcomes of a plan without a publication. */
export type SettledOutcome = 'failed' | 'cancelled';

/** The part of a copy's heartbeat that others read, beside the checkpoint for the copy itself. */
export interface CopyHeartbeat {
  readonly planId: string;
  readonly checkpoint: unknown;
  readonly counts: CopyCounts;
  readonly live: LiveNumbers;
  /** Whether this attempt has copied or deleted an object, or moved its checkpoint. */
  readonly progressed?: true;
}

/** The speed of a copy at this moment. */
export interface LiveNumbers extends CopySpeed {
  /** What the copy waits for; null if nothing delays it. */
  readonly waiting_for: WaitReason | null;
}

/** An event to deliver. */
export interface UndeliveredEvent {
  /** The id of its row: a string of digits. */
  readonly id: string;
  readonly payload: EditionEvent;
}

/** How the delivery of an event ended. */
export interface EventDelivery {
  readonly outcome: EventOutcome;
  /** Why the receiver refused it, for a person. */
  readonly error?: string;
}

/** The `type` of the ApplicationFailure of a plan that was replaced: the workflow begins again. */
export const planVoidFailure = 'plan_void';

/** The `type` of the ApplicationFailure of an attempt that gives way to a newer generation. */
export const overtakenFailure = 'overtaken';

/** The `type` of the ApplicationFailure of a failed verification: the workflow copies again. */
export const verificationFailure = 'verification_failed';
