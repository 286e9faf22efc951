import type { CopyCounts } from '../domain/copy-counts.js';
import type { LiveNumbers, RebuildStatus } from '../workflows/contract.js';

export type { BuildFolders } from '../integrations/object-store/build-folders.js';
export type { PresignedUploads, UploadSigner } from '../integrations/object-store/presigned-post.js';

/** An edition with a committed change, and names for the Web UI. */
export interface EditionSignal {
  readonly editionId: number;
  /** The committed generation. */
  readonly generation: number;
  readonly productSlug: string;
  readonly editionSlug: string;
  /** The declared build; both are null if there is none. */
  readonly buildId: number | null;
  readonly buildSlug: string | null;
}

/** A product whose dashboard must be built. */
export interface DashboardSignal {
  readonly productId: number;
  readonly generation: number;
  readonly productSlug: string;
}

/** A registered or uploaded build whose manifest must be recorded. */
export interface ManifestSignal {
  readonly buildId: number;
  readonly productSlug: string;
  readonly buildSlug: string;
}

/** A product whose domain must be registered. */
export interface DomainStart {
  readonly productId: number;
  readonly productSlug: string;
}

/**
 * Signals workflows and starts them if none runs. A signal is idempotent and may be lost: `Reconcile` finds pending
 * work in the database.
 */
export interface WorkflowStarter {
  /** @throws {LtdError} `unavailable` if Temporal does not answer in time. */
  signalEdition(edition: EditionSignal): Promise<void>;
  /** @throws {LtdError} `unavailable` if Temporal does not answer in time. */
  signalDashboard(dashboard: DashboardSignal): Promise<void>;
  /**
   * `Reconcile` never repeats this signal: without it, the copy records the manifest.
   *
   * @throws {LtdError} `unavailable` if Temporal does not answer in time.
   */
  signalManifest(build: ManifestSignal): Promise<void>;
  /**
   * Starts the registration of a product's domain if none runs.
   *
   * @throws {LtdError} as `signalEdition`.
   */
  startDomain(start: DomainStart): Promise<void>;
}

/** Starts runs, and replaces runs that cannot continue. */
export interface RunReplacer {
  /**
   * Starts the build of a product's dashboard if none runs. It does not signal a running one: a signal would end the
   * pause after a failed attempt.
   *
   * @throws {LtdError} `unavailable` if Temporal does not answer in time.
   */
  startDashboard(dashboard: DashboardSignal): Promise<void>;
  /**
   * Terminates the run of an edition and starts another, which reads its state from the database.
   *
   * @throws {LtdError} `unavailable` if Temporal does not answer in time.
   */
  replaceEdition(edition: EditionSignal): Promise<void>;
  /**
   * Terminates the open run of a workflow if the run is stuck, so that the next signal starts another. Returns whether
   * it did.
   *
   * @throws {LtdError} as `startDashboard`.
   */
  endStuckRun(workflowId: string): Promise<boolean>;
}

/** A build whose objects must be deleted, and names for the Web UI. */
export interface BuildToDelete {
  readonly buildId: number;
  readonly productSlug: string;
  readonly buildSlug: string;
}

/** Starts the deletion of builds' objects, if none runs. */
export interface DeletionStarter {
  /** @throws {LtdError} `unavailable` if Temporal does not answer in time. */
  startDeletion(build: BuildToDelete): Promise<void>;
}

/** An edition with undelivered events. */
export interface EventsSignal {
  readonly editionId: number;
  readonly productSlug: string;
  readonly editionSlug: string;
}

/** Signals and starts the delivery of events. */
export interface EventsStarter {
  /**
   * Signals the delivery of an edition's events, and starts it if none runs.
   *
   * @throws {LtdError} `unavailable` if Temporal does not answer in time.
   */
  signalEvents(edition: EventsSignal): Promise<void>;
  /**
   * Starts the delivery of an edition's events if none runs. It does not signal a running one, which may wait for its
   * receiver for days.
   *
   * @throws {LtdError} as `signalEvents`.
   */
  startEvents(edition: EventsSignal): Promise<void>;
}

/** The state of an open run of `RebuildEdition` in Temporal. */
export interface LiveRebuild {
  /** The run's answer to a query; null if no worker answers in time. */
  readonly status: RebuildStatus | null;
  /** Who paused the run, and which command ends the pause, as text; null if it is not paused. */
  readonly pause: string | null;
  /** The counts of the copy, from its last heartbeat. */
  readonly counts: CopyCounts | null;
  /** The speed of the copy, from its last heartbeat; null if no copy runs. */
  readonly live: LiveNumbers | null;
  /** The plan of that copy. */
  readonly planId: string | null;
  /** The pending activity; null between two activities. */
  readonly activity: LiveActivity | null;
}

/** A pending activity, as `temporal workflow describe` shows it. */
export interface LiveActivity {
  readonly type: string;
  /** Counts from 1. */
  readonly attempt: number;
  readonly lastError: string | null;
  /** Null unless the activity waits for another attempt. */
  readonly nextRetryAt: Date | null;
}

/** Reads the state of runs. */
export interface RebuildObserver {
  /**
   * Returns the open run of an edition; null if none is open.
   *
   * @throws {LtdError} `unavailable` if Temporal does not answer within a second.
   */
  observe(editionId: number): Promise<LiveRebuild | null>;
  /**
   * Returns whether a run of the edition is open, and whether it can continue.
   *
   * @throws {LtdError} as `observe`.
   */
  stateOf(editionId: number): Promise<RunState>;
}

/** The state of a run. `stuck`: the run is open, and its workflow tasks fail repeatedly. */
export type RunState = 'closed' | 'open' | 'stuck';

/** Counts ended rebuilds for the metrics. Never throws. */
export interface RebuildCounter {
  /** Counts, after the commit, the rebuilds that ended with this generation; by default with the last settled one. */
  ended(editionId: number, generation?: number): Promise<void>;
}

/** The subset of pino's logger that services use. */
export interface ServiceLogger {
  warn(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
}
