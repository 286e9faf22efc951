import type { Knex } from 'knex';
import { findUserByName } from '../db/queries/users.js';
import type { RowsByKey } from '../db/rows-by-key.js';
import { LtdError } from '../domain/errors.js';
import type { PasswordHasher } from './hash-password.js';
import { digestOf, type TokenSigner } from './issue-token.js';
import type { ServiceLogger } from './ports.js';
import type { SignInGuard } from './sign-in-guard.js';

/** The user who sends a request. */
export interface AuthenticatedUser {
  readonly id: number;
  readonly username: string;
  /** Bits of domain/permissions.ts. */
  readonly permissions: number;
  /** Part of each token of this user. */
  readonly token_key: string;
}

/** The credentials of HTTP Basic authentication. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** The collaborators of {@link authenticateByPassword}. */
export interface PasswordDeps {
  readonly knex: Knex;
  readonly passwords: PasswordHasher;
  readonly signIns: SignInGuard;
  readonly logger: ServiceLogger;
}

/** A request for a token. */
export interface SignIn {
  readonly credentials: Credentials | undefined;
  /** The client's address, as the trusted proxies report it. */
  readonly address: string;
}

/**
 * Returns the user with this name and password.
 *
 * @throws {LtdError} `credentials_rejected`, after the same work for a wrong name as for a wrong password;
 *   `too_many_attempts`, without a check.
 */
export async function authenticateByPassword(
  deps: PasswordDeps,
  { credentials, address }: SignIn,
): Promise<AuthenticatedUser> {
  const user =
    credentials &&
    (await deps.signIns.attempt({ ...credentials, address }, () => checkPassword(deps, { credentials, address })));
  if (user === undefined) throw new LtdError('credentials_rejected', 'please authenticate');
  return user;
}

async function checkPassword(
  deps: PasswordDeps,
  { credentials, address }: SignIn & { readonly credentials: Credentials },
): Promise<AuthenticatedUser | undefined> {
  const user = await findUserByName(deps.knex, credentials.username);
  // Also for an unknown user: the response time must not show who has an account.
  if (await deps.passwords.verify(credentials.password, user?.password_hash)) return user;
  // Log only names of users: an unknown name may be a password in the wrong field.
  deps.logger.warn({ address, username: user?.username ?? null }, 'a password was wrong');
  return undefined;
}

/**
 * Returns the user of a token. Clients send the token as the user name; the password is ignored.
 *
 * @throws {LtdError} `unauthenticated` if the token is missing, altered, expired or older than the user's password, or
 * if
 *   the user does not exist.
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
