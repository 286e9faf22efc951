import type { Knex } from 'knex';
import type { AuthenticatedUser } from './authenticate.js';
import type { RebuildCounter, ServiceLogger, WorkflowStarter } from './ports.js';

/** What every use-case that writes builds or editions works with. */
export interface WriteDeps {
  readonly knex: Knex;
  readonly workflows: WorkflowStarter;
  readonly logger: ServiceLogger;
  readonly rebuilds: RebuildCounter;
}

/** Who sends a request that writes, and by which base URL it reached the API. */
export interface Requester {
  readonly user: Pick<AuthenticatedUser, 'username' | 'permissions'>;
  /** Without a slash at its end. */
  readonly baseUrl: string;
}
