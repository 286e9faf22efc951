import type { Knex } from 'knex';
import { findUserByName } from '../db/queries/users.js';
import type { RowsByKey } from '../db/rows-by-key.js';
import { LtdError } from '../domain/errors.js';
import type { PasswordHasher } from './hash-password.js';
import { digestOf, type TokenSigner } from './issue-token.js';
import type { ServiceLogger } from './ports.js';
import type { SignInGuard } from './sign-in-guard.js';

/** Who sends a request. */
export interface AuthenticatedUser {
  readonly id: number;
  readonly username: string;
  /** Bits of domain/permissions.ts. */
  readonly permissions: number;
  /** Part of every token of theirs. */
  readonly token_key: string;
}

/** What a request gives to prove who sends it: the two halves of HTTP's Basic scheme. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What {@link authenticateByPassword} works with. */
export interface PasswordDeps {
  readonly knex: Knex;
  readonly passwords: PasswordHasher;
  readonly signIns: SignInGuard;
  readonly logger: ServiceLogger;
}

/** A request for a token. */
export interface SignIn {
  readonly credentials: Credentials | undefined;
  /** Who sent it, as far as the trusted proxies tell. */
  readonly address: string;
}

/**
 * A user by name and password, ready to be given a token.
 *
 * @throws {LtdError} `credentials_rejected`, after the same work whether the name or the password is wrong;
 *   `too_many_attempts`, after none.
 */
export async function authenticateByPassword(
  deps: PasswordDeps,
  { credentials, address }: SignIn,
): Promise<AuthenticatedUser> {
  const user =
    credentials &&
    (await deps.signIns.attempt({ ...credentials, address }, () =>
      checkPassword(deps, { credentials, address }),
    ));
  if (user === undefined) throw new LtdError('credentials_rejected', 'please authenticate');
  return user;
}

async function checkPassword(
  deps: PasswordDeps,
  { credentials, address }: SignIn & { readonly credentials: Credentials },
): Promise<AuthenticatedUser | undefined> {
  const user = await findUserByName(deps.knex, credentials.username);
  // Without a user, too: time must not tell who has an account.
  if (await deps.passwords.verify(credentials.password, user?.password_hash)) return user;
  // What is no user's name may be a password that was typed into the wrong field: it is not written down.
  deps.logger.warn({ address, username: user?.username ?? null }, 'a password was wrong');
  return undefined;
}

/**
 * The user of a token, which is sent in the place of the name; what stands in the password's is ignored.
 *
 * @throws {LtdError} `unauthenticated` for no token, an altered or expired one, one of a user that is no more, and
 *   one that is older than the user's password.
 */
export async function authenticateByToken(
  deps: { readonly rows: Pick<RowsByKey, 'user'>; readonly tokens: TokenSigner },
  credentials: Credentials | undefined,
): Promise<AuthenticatedUser> {
  const claims = credentials === undefined ? undefined : deps.tokens.read(credentials.username);
  const user = claims === undefined ? undefined : await deps.rows.user(claims.userId);
  if (user === undefined || digestOf(user.token_key) !== claims?.keyDigest)
    throw new LtdError('unauthenticated', 'please send your authentication token');
  return user;
}
