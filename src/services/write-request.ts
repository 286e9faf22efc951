import type { Knex } from 'knex';
import type { AuthenticatedUser } from './authenticate.js';
import type { RebuildCounter } from './ports.js';
import type { SignalDeps } from './signal-workflows.js';

/** The collaborators of each use case that writes builds or editions. */
export interface WriteDeps extends SignalDeps {
  readonly knex: Knex;
  readonly rebuilds: RebuildCounter;
}

/** The user who sends a request, and the base URL by which it reached the API. */
export interface Requester {
  readonly user: Pick<AuthenticatedUser, 'username' | 'permissions'>;
  /** Without a slash at the end. */
  readonly baseUrl: string;
}
