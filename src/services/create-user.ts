import type { Knex } from 'knex';
import type { Config } from '../config/config.js';
import {
  findUserByName,
  insertUser,
  insertUserIfAbsent,
  type NewUser,
  updatePassword,
} from '../db/queries/users.js';
import { LtdError } from '../domain/errors.js';
import { allPermissions } from '../domain/permissions.js';
import { isStorableText } from '../domain/storable-text.js';
import type { PasswordHasher } from './hash-password.js';
import type { ServiceLogger } from './ports.js';

/** A user to be made. */
interface CreateUserInput {
  readonly username: string;
  readonly password: string;
  /** Bits of domain/permissions.ts. */
  readonly permissions: number;
}

/**
 * Makes a user.
 *
 * @throws {LtdError} `invalid` for the name or an empty password, `conflict` when the name is taken.
 */
export async function createUser(
  deps: { readonly knex: Knex; readonly passwords: PasswordHasher },
  input: CreateUserInput,
): Promise<void> {
  await insertUser(deps.knex, await newUser(deps.passwords, input));
}

/**
 * The row of a user to be made.
 *
 * @throws {LtdError} `invalid`.
 */
async function newUser(passwords: PasswordHasher, input: CreateUserInput): Promise<NewUser> {
  const problem = usernameProblem(input.username);
  if (problem !== undefined) throw new LtdError('invalid', problem);
  return {
    username: input.username,
    password_hash: await hashChecked(passwords, input.password),
    permissions: input.permissions,
  };
}

/**
 * The hash of a new password.
 *
 * @throws {LtdError} `invalid` for an empty one.
 */
async function hashChecked(passwords: PasswordHasher, password: string): Promise<string> {
  if (password === '') throw new LtdError('invalid', 'A password must not be empty.');
  return passwords.hash(password);
}

/** Characters. Far more than a name needs, and far less than PostgreSQL can index. */
const maxUsername = 255;

/**
 * Why a text cannot be the name of a user; undefined when it can. HTTP's Basic scheme parts name and password at the
 * first colon, and names with control characters or spaces around them would not be what they look like.
 */
export function usernameProblem(username: string): string | undefined {
  if (username === '') return 'A user name must not be empty.';
  if (username.includes(':'))
    return 'A user name must not hold a colon: HTTP Basic authentication ends it there.';
  if (username.length > maxUsername) return `A user name has at most ${maxUsername} characters.`;
  if (username !== username.trim() || /\p{Cc}/u.test(username) || !isStorableText(username))
    return 'A user name must not hold control characters, nor begin or end with white space.';
  return undefined;
}

/**
 * Gives a user another password. Tokens given out for the old one end.
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

/** The failure to find a user by name. */
export function noUser(username: string): LtdError {
  return new LtdError('not_found', `There is no user ${username}.`);
}

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
