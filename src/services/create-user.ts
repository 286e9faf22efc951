import type { Knex } from 'knex';
import type { Config } from '../config/config.js';
import { findUserByName, insertUser, insertUserIfAbsent, type NewUser, updatePassword } from '../db/queries/users.js';
import { LtdError } from '../domain/errors.js';
import { allPermissions } from '../domain/permissions.js';
import { isStorableText } from '../domain/storable-text.js';
import type { PasswordHasher } from './hash-password.js';
import type { ServiceLogger } from './ports.js';

/** The requested user. */
interface CreateUserInput {
  readonly username: string;
  readonly password: string;
  /** Bits of domain/permissions.ts. */
  readonly permissions: number;
}

/**
 * Creates a user.
 *
 * @throws {LtdError} `invalid` for the name or an empty password, `conflict` if the name is taken.
 */
export async function createUser(
  deps: { readonly knex: Knex; readonly passwords: PasswordHasher },
  input: CreateUserInput,
): Promise<void> {
  await insertUser(deps.knex, await newUser(deps.passwords, input));
}

async function newUser(passwords: PasswordHasher, input: CreateUserInput): Promise<NewUser> {
  const problem = usernameProblem(input.username);
  if (problem !== undefined) throw new LtdError('invalid', problem);
  return {
    username: input.username,
    password_hash: await hashChecked(passwords, input.password),
    permissions: input.permissions,
  };
}

async function hashChecked(passwords: PasswordHasher, password: string): Promise<string> {
  if (password === '') throw new LtdError('invalid', 'A password must not be empty.');
  return passwords.hash(password);
}

/** In characters: enough for any name, and far below the limit of a PostgreSQL index. */
const maxUsername = 255;

/**
 * Returns why a text cannot be a user name; undefined if it can. HTTP Basic authentication splits name and password at
 * the first colon. Control characters and outer white space make different names look the same.
 */
export function usernameProblem(username: string): string | undefined {
  if (username === '') return 'A user name must not be empty.';
  if (username.includes(':')) return 'A user name must not hold a colon: HTTP Basic authentication ends it there.';
  if (username.length > maxUsername) return `A user name has at most ${maxUsername} characters.`;
  if (username !== username.trim() || /\p{Cc}/u.test(username) || !isStorableText(username))
    return 'A user name must not hold control characters, nor begin or end with white space.';
  return undefined;
}

/**
 * Changes a user's password. Tokens issued for the old password become invalid.
 *
 * @throws {LtdError} `not_found`, or `invalid` for an empty password.
 */
export async function changePassword(
  deps: { readonly knex: Knex; readonly passwords: PasswordHasher },
  input: { readonly username: string; readonly password: string },
): Promise<void> {
  const hash = await hashChecked(deps.passwords, input.password);
  if (!(await updatePassword(deps.knex, input.username, hash))) throw noUser(input.username);
}

/** Returns the error for an unknown user name. */
export function noUser(username: string): LtdError {
  return new LtdError('not_found', `There is no user ${username}.`);
}

/** The collaborators of {@link ensureBootstrapUser}. */
export interface BootstrapDeps {
  readonly knex: Knex;
  readonly passwords: PasswordHasher;
  readonly logger: ServiceLogger;
}

/**
 * Creates the configured first administrator. An existing user with that name keeps password and permissions. Several
 * processes may call this at once.
 *
 * @throws {LtdError} `invalid` for an invalid name.
 */
export async function ensureBootstrapUser(deps: BootstrapDeps, user: Config['bootstrapUser']): Promise<void> {
  if (user === null || (await findUserByName(deps.knex, user.username)) !== undefined) return;
  const row = await newUser(deps.passwords, {
    username: user.username,
    password: user.password.reveal(),
    permissions: allPermissions,
  });
  if (await insertUserIfAbsent(deps.knex, row))
    deps.logger.info({ username: row.username }, 'the first administrator was created');
}
