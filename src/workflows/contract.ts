import type { CopyCounts, WaitReason } from '../domain/copy-counts.js';
import type { CopySpeed } from '../domain/copy-speed.js';
import type { EditionEvent, EventOutcome } from '../domain/edition-event.js';

/**
 * What the API, the worker and the command line know of the workflows: names, ids, task queues and shapes, never an
 * implementation. Everything here crosses a process boundary, so a change must stay readable by runs already open.
 */

/**
 * Task queues: copies on their own few slots, learning builds on others, and so the calls to the receiver of events,
 * which may be slow; everything else beside them.
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

/** The signal that says "look again". It carries no work, so that none can be lost, repeated or reordered to harm. */
export const wakeSignal = 'wake';

/** The header that carries the id of the HTTP request for which something is done. It decides nothing. */
export const requestIdHeader = 'ltd-request-id';

/** The query that answers what a run is doing, as {@link RebuildStatus}. */
export const statusQuery = 'status';

/** The activity id of every copy, so that `temporal activity ... --activity-id copy` always means it. */
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

/** The one workflow id of a build's learning. */
export function manifestWorkflowId(buildId: number): string {
  return `record-manifest-${buildId}`;
}

/** The one workflow id of the removal of a build's objects. */
export function deletionWorkflowId(buildId: number): string {
  return `delete-build-objects-${buildId}`;
}

/** The one workflow id of the delivery of an edition's events: they are told in order. */
export function eventsWorkflowId(editionId: number): string {
  return `deliver-events-${editionId}`;
}

/** The one workflow id of the registration of a product's domain. */
export function domainWorkflowId(productId: number): string {
  return `register-domain-${productId}`;
}

/**
 * The parts of a pass of `Reconcile`, each an activity of its own: editions and dashboards without a run, events and
 * domains that nobody sees to, the marks of buckets, the audit of one edition, removals that are due, dead uploads.
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

/** How many items a part of a pass has looked at, and how many of them failed. */
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

/** Which build a `RecordManifest` run learns. */
export interface RecordManifestInput {
  readonly buildId: number;
  /** Where a run goes on as a new one, so that no history grows long. */
  readonly since?: {
    /** When the first run began, and the last pause, in milliseconds. */
    readonly startedAt: number;
    readonly pause: number;
  };
}

/** What a pass over a build has found. */
export interface ManifestReport {
  /** `learnt`: its manifest is complete. `ended`: it is deprecated or gone, and nobody needs it. */
  readonly state: 'uploading' | 'learnt' | 'ended';
  readonly objects: number;
  readonly bytes: number;
  /** Whether anything is there that the pass before did not find. */
  readonly changed: boolean;
}

/** Whose objects a `DeleteBuildObjects` run removes. */
export interface DeleteBuildObjectsInput {
  readonly buildId: number;
}

/** A build whose objects are to be removed, and that nothing can declare any more. */
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

/** Where a `RebuildEdition` run stands. */
export type RebuildPhase = 'looking' | 'copying' | 'purging' | 'removing' | 'finishing' | 'settling';

/** What to make the bucket show under one slug, fixed by `beginRebuild` and named by its token. */
export interface RebuildPlan {
  /** Token of the plan: whoever works for it proves with it that it is still the one. */
  readonly planId: string;
  readonly editionId: number;
  readonly productId: number;
  readonly generation: number;
  /** True when no newer build is asked for: the published build is to be made whole again. */
  readonly restore: boolean;
  /** The build to show; null empties the prefix, for an edition that never published anything or is purged. */
  readonly target: PlannedBuild | null;
  readonly bucket: string;
  readonly productSlug: string;
  readonly editionSlug: string;
  readonly surrogateKey: string;
  /** Of the HTTP request that asked for it; null where none did, absent in plans of before there were any. */
  readonly requestId?: string | null;
}

/**
 * What `beginRebuild` finds to do: a plan to carry out; `purge` when the edition owes the CDN a purge and nothing else;
 * null when it is at rest, or when the pause after a failed purge is not over.
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

/** Of a step that may make a purge due. */
interface PurgeReport {
  /** True when the edition owes the CDN nothing after the step: otherwise the workflow purges. */
  readonly purged?: true;
}

/** What the copy answers. */
export interface CopyReport extends CopyCounts, PurgeReport {
  /** Whether it has seen that the bucket is right, with nothing left to be removed. What counts is the row. */
  readonly verified?: true;
}

/** What the removal answers. */
export type RemovalReport = CopyCounts & PurgeReport;

/** How a plan may be settled other than by publication. */
export type SettledOutcome = 'failed' | 'cancelled';

/** What a heartbeat of the copy carries for onlookers, beside the checkpoint that only the copy reads. */
export interface CopyHeartbeat {
  readonly planId: string;
  readonly checkpoint: unknown;
  readonly counts: CopyCounts;
  readonly live: LiveNumbers;
  /** Whether this attempt has copied or removed an object, or moved its checkpoint. */
  readonly progressed?: true;
}

/** How a copy goes at this moment. */
export interface LiveNumbers extends CopySpeed {
  /** What it is kept waiting for; null when nothing does. */
  readonly waiting_for: WaitReason | null;
}

/** An event that is to be delivered. */
export interface UndeliveredEvent {
  /** Of its row: a string of digits. */
  readonly id: string;
  readonly payload: EditionEvent;
}

/** How the delivery of an event ended. */
export interface EventDelivery {
  readonly outcome: EventOutcome;
  /** For a person: why the receiver would not have it. */
  readonly error?: string;
}

/** The `type` of the ApplicationFailure that tells the workflow to look again: the plan is no longer the one. */
export const planVoidFailure = 'plan_void';

/** The `type` of the ApplicationFailure of an attempt that gives way to a newer generation. */
export const overtakenFailure = 'overtaken';

/** The `type` of the ApplicationFailure that sends the workflow back to the copy. */
export const verificationFailure = 'verification_failed';
