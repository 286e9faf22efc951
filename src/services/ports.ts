import type { CopyCounts } from '../domain/copy-counts.js';
import type { LiveNumbers, RebuildStatus } from '../workflows/contract.js';

export type { BuildFolders } from '../integrations/object-store/build-folders.js';
export type { PresignedUploads, UploadSigner } from '../integrations/object-store/presigned-post.js';

/** An edition that somebody has just changed, with what the Web UI should say of its run. */
export interface EditionSignal {
  readonly editionId: number;
  /** The generation that was committed. */
  readonly generation: number;
  readonly productSlug: string;
  readonly editionSlug: string;
  /** The declared build; both are null while there is none. */
  readonly buildId: number | null;
  readonly buildSlug: string | null;
}

/** A product whose dashboard is behind. */
export interface DashboardSignal {
  readonly productId: number;
  readonly generation: number;
  readonly productSlug: string;
}

/** A build to be learnt: it was registered, or is uploaded. */
export interface ManifestSignal {
  readonly buildId: number;
  readonly productSlug: string;
  readonly buildSlug: string;
}

/** A product whose domain is to be registered. */
export interface DomainStart {
  readonly productId: number;
  readonly productSlug: string;
}

/**
 * Tells workflows to look again, starting them where none runs. Waking is idempotent, and may be lost without harm: the
 * database says what is to be done, and `Reconcile` finds it.
 */
export interface WorkflowStarter {
  /** @throws {LtdError} `unavailable` when Temporal does not answer in time. */
  signalEdition(wake: EditionSignal): Promise<void>;
  /** @throws {LtdError} `unavailable` when Temporal does not answer in time. */
  signalDashboard(wake: DashboardSignal): Promise<void>;
  /**
   * The one of these that nothing starts later, for a copy learns what it has to know.
   *
   * @throws {LtdError} `unavailable` when Temporal does not answer in time.
   */
  signalManifest(wake: ManifestSignal): Promise<void>;
  /**
   * Starts the registration of a product's domain where none is under way.
   *
   * @throws {LtdError} as `signalEdition`.
   */
  startDomain(start: DomainStart): Promise<void>;
}

/** Sees to it that a run is open, and that it can go on. */
export interface RunReplacer {
  /**
   * Starts the building of a product's dashboard where none is under way, and leaves one alone that is: a wake would end
   * the pause after a failed attempt.
   *
   * @throws {LtdError} `unavailable` when Temporal does not answer in time.
   */
  startDashboard(wake: DashboardSignal): Promise<void>;
  /**
   * Terminates the run of an edition and starts another, which begins from the row.
   *
   * @throws {LtdError} `unavailable` when Temporal does not answer in time.
   */
  replaceEdition(wake: EditionSignal): Promise<void>;
  /**
   * Terminates the open run of a workflow where it cannot go on, so that the next wake starts another. Answers whether it
   * did.
   *
   * @throws {LtdError} as `startDashboard`.
   */
  endStuckRun(workflowId: string): Promise<boolean>;
}

/** A build whose objects are to be removed, with what the Web UI should say of it. */
export interface BuildToDelete {
  readonly buildId: number;
  readonly productSlug: string;
  readonly buildSlug: string;
}

/** Starts the removal of builds. Where one runs already, nothing happens. */
export interface DeletionStarter {
  /** @throws {LtdError} `unavailable` when Temporal does not answer in time. */
  startDeletion(build: BuildToDelete): Promise<void>;
}

/** An edition with events that are not delivered. */
export interface EventsSignal {
  readonly editionId: number;
  readonly productSlug: string;
  readonly editionSlug: string;
}

/** Sees to it that events are delivered. */
export interface EventsStarter {
  /**
   * Tells the delivery of an edition's events to look again, starting it where none runs.
   *
   * @throws {LtdError} `unavailable` when Temporal does not answer in time.
   */
  signalEvents(wake: EventsSignal): Promise<void>;
  /**
   * Starts the delivery of an edition's events where none is under way, and leaves one alone that is: it may wait for its
   * receiver for days.
   *
   * @throws {LtdError} as `signalEvents`.
   */
  startEvents(wake: EventsSignal): Promise<void>;
}

/** What Temporal knows of an open run of `RebuildEdition`. */
export interface LiveRebuild {
  /** The run's own answer; null when no worker answers its query in time. */
  readonly status: RebuildStatus | null;
  /** Who paused it, and which command ends that, in words; null where nobody did. */
  readonly pause: string | null;
  /** Live counts of the copy, from its last heartbeat, and the plan they belong to. */
  readonly counts: CopyCounts | null;
  /** How it goes at the moment, from the same; null where nothing is under way. */
  readonly live: LiveNumbers | null;
  readonly planId: string | null;
  /** The activity that runs or waits for its next attempt; null between two. */
  readonly activity: LiveActivity | null;
}

/** A pending activity, as `temporal workflow describe` shows it. */
export interface LiveActivity {
  readonly type: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly lastError: string | null;
  /** Set while it backs off. */
  readonly nextRetryAt: Date | null;
}

/** Looks at runs without changing them. */
export interface RebuildObserver {
  /**
   * The open run of an edition, or null when none is open.
   *
   * @throws {LtdError} `unavailable` when Temporal does not answer within a second.
   */
  observe(editionId: number): Promise<LiveRebuild | null>;
  /**
   * Whether a run of the edition is open, and whether that one can go on.
   *
   * @throws {LtdError} as `observe`.
   */
  stateOf(editionId: number): Promise<RunState>;
}

/** What becomes of a run: `stuck` is an open one whose own code fails again and again. */
export type RunState = 'closed' | 'open' | 'stuck';

/** Counts rebuilds that have ended, for the metrics. Never throws: what has ended has ended. */
export interface RebuildCounter {
  /** Those that ended with this generation, after the commit; without one, those that ended last. */
  ended(editionId: number, generation?: number): Promise<void>;
}

/** The least of a logger that a service needs; pino's fits. */
export interface ServiceLogger {
  warn(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
}
