import type { Knex } from 'knex';
import type { AuthenticatedUser } from './authenticate.js';
import type { RebuildCounter } from './ports.js';
import type { SignalDeps } from './signal-workflows.js';

/** What every use-case that writes builds or editions works with. */
export interface WriteDeps extends SignalDeps {
  readonly knex: Knex;
  readonly rebuilds: RebuildCounter;
}

/** Who sends a request that writes, and by which base URL it reached the API. */
export interface Requester {
  readonly user: Pick<AuthenticatedUser, 'username' | 'permissions'>;
  /** Without a slash at its end. */
  readonly baseUrl: string;
}
