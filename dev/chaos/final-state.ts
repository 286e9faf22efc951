import type { ObjectHeaders } from '../../src/domain/object-headers.js';

/*
 * What is there once everything should be at rest, looked at from outside: rows, objects, runs, what is still open.
 */

/** An edition's row. */
export interface FinalEdition {
  readonly id: number;
  readonly product: string;
  readonly slug: string;
  /** The refs that it tracks; null where it tracks otherwise. */
  readonly refs: readonly string[] | null;
  readonly deprecated: boolean;
  /** Ids of builds. */
  readonly declared: number | null;
  readonly published: number | null;
  readonly publishedSlug: string | null;
  readonly pending: boolean;
  readonly dirty: boolean;
  /** Whether a plan stands, or somebody is in the writer's place. */
  readonly busy: boolean;
  readonly surrogateKey: string;
  /** Every slug that it holds, its own among them. */
  readonly held: readonly string[];
  /** When it may be restored next, after a restore that failed for good. */
  readonly restoreAfter: number | null;
}

/** A row of an edition's history. */
export interface FinalRebuild {
  readonly id: string;
  readonly edition: number;
  readonly generation: number;
  readonly build: number;
  readonly slug: string;
  readonly requestedBy: string;
  readonly requestedAt: number;
  readonly finishedAt: number | null;
  readonly outcome: string | null;
  /** The id of the rebuild that superseded it. */
  readonly supersededBy: string | null;
  /** Why it failed, for a person. */
  readonly error: string | null;
}

/** A task, as the database and the API tell of it. */
export interface FinalTask {
  readonly id: string;
  readonly status: string | null;
  /** What `GET /queue/<id>` says. */
  readonly told: string | null;
  /** Ids of the rebuilds that it waits for. */
  readonly rebuilds: readonly string[];
}

/** A build that was registered. */
export interface FinalBuild {
  readonly id: number;
  readonly product: string;
  readonly slug: string;
  readonly refs: readonly string[];
}

/** An object of an edition or of a build that one shows. */
export interface FinalObject {
  readonly key: string;
  /** Of the content, as it was read: hexadecimal. */
  readonly md5: string;
  readonly bytes: number;
  readonly headers: ObjectHeaders;
}

/** A publication that the receiver of events is to be told of. */
export interface FinalEvent {
  readonly edition: number;
  readonly build: number;
  readonly outcome: string | null;
}

/** How Temporal names the status of a run that has not ended. A paused run is not `RUNNING`. */
export const openStatuses: readonly string[] = ['RUNNING', 'PAUSED'];

/** A run of a workflow. */
export interface FinalRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly status: string;
  /** Causes and messages of the workflow tasks that failed other than by an operator's reset. */
  readonly taskFailures: readonly string[];
  /** When it failed. Null for one that did not, or that waited for a dead worker until its time was over. */
  readonly failedAt: number | null;
  /** Steps whose last attempt failed otherwise than so, and that are to be tried again, of one that is open. */
  readonly failing: readonly FailingStep[];
}

/** A step of an open run whose last attempt failed. */
export interface FailingStep {
  /** Of the activity. */
  readonly type: string;
  /** When the attempt ended. */
  readonly at: number;
  readonly message: string;
}

/** What a process holds at rest. */
export interface FinalProcess {
  /** As the stack calls it. */
  readonly name: string;
  /** MiB. */
  readonly memory: number;
  /** How many file descriptors are open. */
  readonly descriptors: number;
  /** How many of them are connections to PostgreSQL. */
  readonly connections: number;
}

/** What the edge shows of an edition's page. */
export interface FinalPage {
  readonly edition: number;
  readonly path: string;
  readonly status: number;
  readonly build: number | null;
}

/** Everything that is there at the end. */
export interface FinalState {
  readonly editions: readonly FinalEdition[];
  readonly rebuilds: readonly FinalRebuild[];
  readonly tasks: readonly FinalTask[];
  /** In the order of their publications. */
  readonly events: readonly FinalEvent[];
  readonly builds: readonly FinalBuild[];
  readonly objects: readonly FinalObject[];
  readonly runs: readonly FinalRun[];
  readonly pages: readonly FinalPage[];
  /** Products whose dashboard is older than what it should show. */
  readonly dashboardsBehind: readonly string[];
  /** Keys of multipart uploads that nobody has ended. */
  readonly uploads: readonly string[];
  /** Connections to the database beyond what the pools may hold, and transactions left open. */
  readonly connections: readonly string[];
  /** Those of the API and the workers. */
  readonly processes: readonly FinalProcess[];
  /** Processes of the stack beside those that it runs. */
  readonly strays: readonly string[];
}
