import type { Knex } from 'knex';
import { updatePassword } from '../db/queries/users.js';
import { LtdError } from '../domain/errors.js';
import { hashChecked } from './create-user.js';
import type { PasswordHasher } from './hash-password.js';

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
