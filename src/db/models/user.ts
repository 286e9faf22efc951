import { Model } from 'objection';

/** A row of `users`. Fields are declared, not defined: a defined field would be an own `undefined` key. */
export class User extends Model {
  static override readonly tableName = 'users';

  declare id: number;
  declare username: string;
  /** scrypt, with its parameters and salt in it. */
  declare password_hash: string;
  /** Bits of domain/permissions.ts. */
  declare permissions: number;
  /** Part of every token of this user; changes with the password. */
  declare token_key: string;
  declare date_created: Date;
}
