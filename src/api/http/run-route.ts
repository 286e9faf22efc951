import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { LtdError } from '../../domain/errors.js';
import { ignoredKeys } from '../../domain/ignored-keys.js';
import { grants } from '../../domain/permissions.js';
import type { Logger } from '../../observability/logger.js';
import {
  authenticateByPassword,
  authenticateByToken,
  type AuthenticatedUser,
  type Credentials,
} from '../../services/authenticate.js';
import type { ApiDeps } from '../deps.js';
import { errorBody } from '../schemas/error.js';
import { failuresOf } from './implied-failures.js';
import { readJsonBody } from './read-body.js';
import type { Reply, RequestBody, Route } from './route.js';

/** A request that has found its route. */
interface RoutedRequest {
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
  if (auth !== 'password' && !grants(user.permissions, auth)) throw new LtdError('forbidden', 'not authorized');
  return user;
}

/**
 * What an `Authorization` header of the Basic scheme holds (RFC 7617, in UTF-8), or undefined for any other header. The
 * first colon parts name and password, so that a name cannot hold one.
 */
function basicCredentials(header: string | undefined): Credentials | undefined {
  const encoded = /^basic +([a-z0-9+/_-]+={0,2}) *$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = utf8(Buffer.from(encoded, 'base64'));
  const colon = text?.indexOf(':') ?? -1;
  if (text === undefined || colon < 1) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * A body by its schema, in its order of keys.
 *
 * @throws {LtdError} `invalid` in Keeper's words, naming the first key that is missing or wrong.
 */
function checkBody({ subject, schema }: RequestBody, body: unknown): unknown {
  return checked(schema, body, `Invalid ${subject}`);
}

/**
 * What a client should know of a body that passed its check: keys that the route ignored, a PATCH that changes nothing.
 */
function bodyNotices({ method, body: spec }: Route, body: unknown): readonly string[] {
  if (spec === undefined) return [];
  const known = Object.keys(spec.schema.shape);
  const sent = Object.keys(Object(body) as object);
  const unchanged = method === 'PATCH' && !sent.some((key) => known.includes(key));
  return [
    ...ignoredKeys(sent, known),
    ...(unchanged
      ? [`Nothing was changed: the body has none of the keys that this request reads (${known.join(', ')}).`]
      : []),
  ];
}

/**
 * The parameters behind the `?`, or headers, by their schema. Of a repeated one the last counts.
 *
 * @throws {LtdError} `invalid`, naming the parameter.
 */
function checkValues(schema: z.ZodType | undefined, values: Readonly<Record<string, unknown>>): unknown {
  return schema === undefined ? undefined : checked(schema, values, 'Invalid request');
}

function checked(schema: z.ZodType, value: unknown, prefix: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new LtdError('invalid', `${prefix}: ${describe(result.error, value)}`);
}

/** Messages of the schemas are made to follow the name of a key: `must be a string`. */
function describe(error: z.ZodError, value: unknown): string {
  const [issue] = error.issues;
  const [key] = issue?.path ?? [];
  if (issue === undefined || key === undefined) return 'the body must be a JSON object';
  // A problem within a list is told as one of the list: its message says what the list must be.
  return isMissing(value, key) ? `missing ${String(key)}` : `${String(key)} ${issue.message}`;
}

function isMissing(value: unknown, key: PropertyKey): boolean {
  return typeof value !== 'object' || value === null || !Object.hasOwn(value, key);
}

/** An answer that its route does not declare: a fault of ours, found by a test. */
export class UndeclaredResponse extends Error {
  constructor(route: Route, reply: Reply, reason: string) {
    super(`${route.method} ${route.path} answered ${reply.status} ${JSON.stringify(reply.body)}: ${reason}`);
    this.name = 'UndeclaredResponse';
  }
}

/** @throws {UndeclaredResponse} when status, body or headers are not as the route declares. */
export function checkResponse(route: Route, reply: Reply): void {
  const declared = declaredResponse(route, reply.status);
  if (declared === undefined) throw new UndeclaredResponse(route, reply, 'the status is not declared');
  const result = declared.schema.safeParse(reply.body);
  if (!result.success) throw new UndeclaredResponse(route, reply, z.prettifyError(result.error));
  if (declared.mediaType !== reply.mediaType)
    throw new UndeclaredResponse(route, reply, `it is ${reply.mediaType ?? 'JSON'}`);
  for (const header of Object.keys(declared.headers ?? {})) {
    if (reply.headers?.[header.toLowerCase()] === undefined)
      throw new UndeclaredResponse(route, reply, `the header ${header} is missing`);
  }
}

type Declared = Pick<Route['responses'][number], 'schema' | 'headers' | 'mediaType'>;

function declaredResponse(route: Route, status: number): Declared | undefined {
  const implied = failuresOf(route).find((failure) => failure.status === status);
  return route.responses[status] ?? (implied === undefined ? undefined : { ...implied, schema: errorBody });
}
