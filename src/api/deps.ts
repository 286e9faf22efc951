import type { Knex } from 'knex';
import type { HttpConfig } from '../config/settings/http.js';
import type { RowsByKey } from '../db/rows-by-key.js';
import type { Logger } from '../observability/logger.js';
import type { PasswordHasher } from '../services/hash-password.js';
import type { TokenSigner } from '../services/issue-token.js';
import type { SignInGuard } from '../services/sign-in-guard.js';
import type { TaskWatches } from '../services/task-watches.js';
import type { Background } from '../services/signal-workflows.js';
import type { RequestMetrics } from '../observability/metrics/request-metrics.js';
import type { BuildFolders, RebuildCounter, UploadSigner, WorkflowStarter } from '../services/ports.js';

/** Everything that the API's routes and middleware work with, built once by its `main`. */
export interface ApiDeps {
  readonly knex: Knex;
  /** What requests name. */
  readonly rows: RowsByKey;
  readonly logger: Logger;
  readonly workflows: WorkflowStarter;
  readonly background: Background;
  /** Counts the requests. */
  readonly requests: RequestMetrics;
  readonly rebuilds: RebuildCounter;
  readonly tasks: TaskWatches;
  readonly uploads: UploadSigner;
  readonly folders: BuildFolders;
  readonly tokens: TokenSigner;
  readonly passwords: PasswordHasher;
  readonly signIns: SignInGuard;
  readonly http: Pick<HttpConfig, 'baseUrl' | 'scheme' | 'trust'>;
  /** The most requests that are worked on at a time. */
  readonly maxRequests: number;
  /** The git ref that default editions track. */
  readonly defaultGitRef: string;
  /** Whether the domains of new products are registered. */
  readonly registersDomains: boolean;
  /** The version of this program. */
  readonly version: string;
  /** What `/readyz` asks, by name. Each rejects with the reason when that part cannot be used. */
  readonly probes: Readonly<Record<string, () => Promise<void>>>;
  /** Aborted when the process is about to stop: answers that wait end, `/readyz` says no. */
  readonly stopping: AbortSignal;
  /** Compares every answer with what its route declares, and fails it where they differ. For tests. */
  readonly checkResponses: boolean;
}
