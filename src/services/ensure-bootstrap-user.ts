import type { Knex } from 'knex';
import type { Config } from '../config/config.js';
import { findUserByName, insertUserIfAbsent } from '../db/queries/users.js';
import { allPermissions } from '../domain/permissions.js';
import { newUser } from './create-user.js';
import type { PasswordHasher } from './hash-password.js';
import type { ServiceLogger } from './ports.js';

/** What {@link ensureBootstrapUser} works with. */
export interface BootstrapDeps {
  readonly knex: Knex;
  readonly passwords: PasswordHasher;
  readonly logger: ServiceLogger;
}

/**
 * Makes the configured first administrator where no user has that name; one that exists keeps its password and its
 * permissions. Any number of processes may do this at once.
 *
 * @throws {LtdError} `invalid` for a name that cannot be a user's.
 */
export async function ensureBootstrapUser(deps: BootstrapDeps, user: Config['bootstrapUser']): Promise<void> {
  if (user === null || (await findUserByName(deps.knex, user.username)) !== undefined) return;
  const row = await newUser(deps.passwords, {
    username: user.username,
    password: user.password.reveal(),
    permissions: allPermissions,
  });
  if (await insertUserIfAbsent(deps.knex, row))
    deps.logger.info({ username: row.username }, 'the first administrator is made');
}
