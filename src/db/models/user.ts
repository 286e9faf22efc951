import { Model } from 'objection';

/** A row of `users`. Fields are declared, because a defined one would be an own `undefined` key. */
export class User extends Model {
  static override readonly tableName = 'users';

  declare id: number;
  declare username: string;
  /** scrypt, with its parameters and salt. */
  declare password_hash: string;
  /** Bits of domain/permissions.ts. */
  declare permissions: number;
  declare token_key: string;
  declare date_created: Date;
}
