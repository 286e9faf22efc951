import type { Knex } from 'knex';
import { LtdError } from '../../domain/errors.js';
import { isStorableText } from '../../domain/storable-text.js';
import { User } from '../models/user.js';
import { violatedConstraint } from '../transaction.js';

/** The columns that verify a token. */
export type UserFacts = Pick<User, 'id' | 'username' | 'permissions' | 'token_key'>;

/** Returns the users with these ids, by id. */
export async function findUsersByIds(knex: Knex, ids: readonly number[]): Promise<ReadonlyMap<number, UserFacts>> {
  const { rows } = await knex.raw<{ rows: readonly UserFacts[] }>(
    'SELECT id, username, permissions, token_key FROM users WHERE id = ANY(CAST(:ids AS integer[]))',
    { ids },
  );
  return new Map(rows.map((user) => [user.id, user]));
}

/** Returns a user, or undefined, also for a name that PostgreSQL cannot store. */
export async function findUserByName(knex: Knex, username: string): Promise<User | undefined> {
  return isStorableText(username) ? User.query(knex).findOne({ username }) : undefined;
}

/** Returns all users, ordered by name. */
export async function listUsers(knex: Knex): Promise<readonly User[]> {
  return User.query(knex).orderBy('username');
}

/** The columns of a new user. */
export type NewUser = Pick<User, 'username' | 'password_hash' | 'permissions'>;

/** Adds a user. @throws {LtdError} `conflict` if the name is taken. */
export async function insertUser(knex: Knex, user: NewUser): Promise<User> {
  try {
    return await User.query(knex).insert(user).returning('*');
  } catch (error) {
    if (violatedConstraint(error) !== 'users_username_key') throw error;
    throw new LtdError('conflict', `There is a user ${user.username} already.`, { cause: error });
  }
}

/** Adds a user and returns true, or returns false if the name is taken. Safe to call concurrently. */
export async function insertUserIfAbsent(knex: Knex, user: NewUser): Promise<boolean> {
  const rows = await knex<User>('users').insert(user).onConflict('username').ignore().returning('id');
  return rows.length > 0;
}

/** Changes a user's permissions, also of existing tokens. Returns false for an unknown user. */
export async function updatePermissions(knex: Knex, username: string, permissions: number): Promise<boolean> {
  return (await User.query(knex).where({ username }).patch({ permissions })) > 0;
}

/** Changes a user's password and ends existing tokens. Returns false for an unknown user. */
export async function updatePassword(knex: Knex, username: string, hash: string): Promise<boolean> {
  const changed = await knex<User>('users')
    .where({ username })
    .update({ password_hash: hash, token_key: knex.raw('gen_random_uuid()') });
  return changed > 0;
}

/** Deletes a user, which ends existing tokens. Returns false for an unknown user. */
export async function deleteUser(knex: Knex, username: string): Promise<boolean> {
  return (await User.query(knex).where({ username }).delete()) > 0;
}
