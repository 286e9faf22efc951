import type { IncomingMessage } from 'node:http';
import { LtdError } from '../../domain/errors.js';
import { grants } from '../../domain/permissions.js';
import type { Logger } from '../../observability/logger.js';
import {
  authenticateByPassword,
  authenticateByToken,
  type AuthenticatedUser,
} from '../../services/authenticate.js';
import { basicCredentials } from './basic-credentials.js';
import { bodyNotices, checkBody, checkValues } from './check-request.js';
import { checkResponse } from './check-response.js';
import type { ApiDeps } from '../deps.js';
import { readJsonBody } from './read-body.js';
import type { Reply, Route } from './route.js';

/** A request that has found its route. */
export interface RoutedRequest {
  readonly route: Route;
  readonly params: unknown;
  readonly message: IncomingMessage;
  /** Without the `?`. */
  readonly querystring: string;
  readonly baseUrl: string;
  /** Who sent it, as far as the trusted proxies tell. */
  readonly remoteAddress: string;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Told who the user is, for the log. */
  onUser(user: AuthenticatedUser): void;
}

/**
 * Answers a request by its route. The order is Keeper's, and part of the contract: 401, 403, 404, then all that can be
 * wrong with what was sent.
 *
 * @throws {LtdError} what is wrong with the request, or with what it needs.
 */
export async function runRoute(deps: ApiDeps, request: RoutedRequest): Promise<Reply> {
  const { route, params, baseUrl, signal } = request;
  const user = await authorise(deps, request);
  const resource = await route.load?.(deps, params);
  const sent = await readSent(request).catch(async (refusal: unknown) => {
    await route.assertFound?.(deps, params);
    throw refusal;
  });
  const reply = await route.handler({ params, ...sent, resource, user, baseUrl, deps, signal });
  if (deps.checkResponses) checkResponse(route, reply);
  return reply;
}

type SentRequest = Pick<Parameters<Route['handler']>[0], 'headers' | 'query' | 'body' | 'notices'>;

/** All that a request says beside its path, checked. */
async function readSent({ route, message, querystring }: RoutedRequest): Promise<SentRequest> {
  const headers = checkValues(route.headers, message.headers);
  const query = checkValues(route.query, Object.fromEntries(new URLSearchParams(querystring)));
  if (route.body === undefined) return { headers, query, body: undefined, notices: [] };
  const sent = await readJsonBody(message);
  return { headers, query, body: checkBody(route.body, sent), notices: bodyNotices(route, sent) };
}

/** The user of a request, null for a route that is open to anybody: there, credentials are not even looked at. */
async function authorise(deps: ApiDeps, request: RoutedRequest): Promise<AuthenticatedUser | null> {
  const { remoteAddress, logger } = request;
  const { auth } = request.route;
  if (auth === 'anonymous') return null;
  const credentials = basicCredentials(request.message.headers.authorization);
  const user = await (auth === 'password'
    ? authenticateByPassword({ ...deps, logger }, { credentials, address: remoteAddress })
    : authenticateByToken(deps, credentials));
  request.onUser(user);
  if (auth !== 'password' && !grants(user.permissions, auth))
    throw new LtdError('forbidden', 'not authorized');
  return user;
}
