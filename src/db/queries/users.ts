import type { Knex } from 'knex';
import { LtdError } from '../../domain/errors.js';
import { isStorableText } from '../../domain/storable-text.js';
import { User } from '../models/user.js';
import { violatedConstraint } from '../transaction.js';

/** What is read of a user to know them by their token. */
export type UserFacts = Pick<User, 'id' | 'username' | 'permissions' | 'token_key'>;

/** Those of these users that there are, by id. */
export async function findUsersByIds(knex: Knex, ids: readonly number[]): Promise<ReadonlyMap<number, UserFacts>> {
  const { rows } = await knex.raw<{ rows: readonly UserFacts[] }>(
    'SELECT id, username, permissions, token_key FROM users WHERE id = ANY(CAST(:ids AS integer[]))',
    { ids },
  );
  return new Map(rows.map((user) => [user.id, user]));
}

/** A user by name, or undefined; also for a name that no row could hold. */
export async function findUserByName(knex: Knex, username: string): Promise<User | undefined> {
  return isStorableText(username) ? User.query(knex).findOne({ username }) : undefined;
}

/** Every user, by name. */
export async function listUsers(knex: Knex): Promise<readonly User[]> {
  return User.query(knex).orderBy('username');
}

/** What a new user is made of. */
export type NewUser = Pick<User, 'username' | 'password_hash' | 'permissions'>;

/**
 * Adds a user.
 *
 * @throws {LtdError} `conflict` when the name is taken.
 */
export async function insertUser(knex: Knex, user: NewUser): Promise<User> {
  try {
    return await User.query(knex).insert(user).returning('*');
  } catch (error) {
    if (violatedConstraint(error) !== 'users_username_key') throw error;
    throw new LtdError('conflict', `There is a user ${user.username} already.`, { cause: error });
  }
}

/** Adds a user unless the name is taken, and answers whether it did. One of many that try at once does. */
export async function insertUserIfAbsent(knex: Knex, user: NewUser): Promise<boolean> {
  const rows = await knex<User>('users').insert(user).onConflict('username').ignore().returning('id');
  return rows.length > 0;
}

/** Changes a user's permissions, at once for tokens given out before. False: there is no such user. */
export async function updatePermissions(knex: Knex, username: string, permissions: number): Promise<boolean> {
  return (await User.query(knex).where({ username }).patch({ permissions })) > 0;
}

/** Changes a user's password, and ends every token given out before. False: there is no such user. */
export async function updatePassword(knex: Knex, username: string, hash: string): Promise<boolean> {
  const changed = await knex<User>('users')
    .where({ username })
    .update({ password_hash: hash, token_key: knex.raw('gen_random_uuid()') });
  return changed > 0;
}

/** Removes a user, and with it every token. False: there is no such user. */
export async function deleteUser(knex: Knex, username: string): Promise<boolean> {
  return (await User.query(knex).where({ username }).delete()) > 0;
}
