import type { Knex } from 'knex';
import { insertUser, type NewUser } from '../db/queries/users.js';
import { LtdError } from '../domain/errors.js';
import { usernameProblem } from '../domain/usernames.js';
import type { PasswordHasher } from './hash-password.js';

/** A user to be made. */
export interface CreateUserInput {
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
export async function newUser(passwords: PasswordHasher, input: CreateUserInput): Promise<NewUser> {
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
export async function hashChecked(passwords: PasswordHasher, password: string): Promise<string> {
  if (password === '') throw new LtdError('invalid', 'A password must not be empty.');
  return passwords.hash(password);
}
