import type { z } from 'zod';
import type { Permission } from '../../domain/permissions.js';
import type { AuthenticatedUser } from '../../services/authenticate.js';
import type { ApiDeps } from '../deps.js';

/**
 * Who may call a route: anybody; a user by name and password (only `/token`); or a user by token who has this
 * permission.
 */
export type RouteAuth = 'anonymous' | 'password' | Permission;

/** The methods that routes use. `HEAD` and `OPTIONS` come with them. */
export const routeMethods = ['GET', 'POST', 'PATCH', 'DELETE'] as const;

/** One of {@link routeMethods}. */
export type RouteMethod = (typeof routeMethods)[number];

/** One answer that a route can give. */
export interface RouteResponse {
  readonly description: string;
  /** What its body is: strict objects, so that a check sees a key too many. */
  readonly schema: z.ZodType;
  /** Headers that it always carries, each with its meaning. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A body of it, where the examples of its schema say too little. */
  readonly example?: unknown;
  /** Where its body is text of another kind than JSON. */
  readonly mediaType?: string;
  /** What else is in its body for clients whose `Accept` header lists a media type. The answer is JSON all the same. */
  readonly accepted?: Readonly<Record<string, { readonly description: string; readonly schema: z.ZodType }>>;
}

/** The body that a route reads: a JSON object. */
export interface RequestBody<Schema extends z.ZodObject = z.ZodObject> {
  /** The word of Keeper's messages: `Invalid Product: missing slug`. */
  readonly subject: string;
  readonly schema: Schema;
  /** Messages with which a body is refused that its schema alone would let pass, for the specification. */
  readonly refusals?: readonly string[];
}

/** What a handler is given. Everything in it is checked. */
export interface RouteRequest<Auth, Params, Query, Headers, Body, Resource> {
  readonly params: Params;
  readonly query: Query;
  readonly headers: Headers;
  readonly body: Body;
  /** What the client should know of its body: keys that were ignored, or that it changes nothing. */
  readonly notices: readonly string[];
  /** What `load` found. */
  readonly resource: Resource;
  readonly user: Auth extends 'anonymous' ? null : AuthenticatedUser;
  /** What every URL of the answer starts with; it has no slash at its end. */
  readonly baseUrl: string;
  readonly deps: ApiDeps;
  /** Aborted when the client is gone or the process is about to stop: for answers that wait. */
  readonly signal: AbortSignal;
}

/** What a handler answers. Header names are in lower case. */
export interface Reply<Status = number, Body = unknown> {
  readonly status: Status;
  readonly body: Body;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a body that is text. @default a body is sent as JSON */
  readonly mediaType?: string;
}

type Responses = Readonly<Record<number, RouteResponse>>;

/** The replies whose status and body a route has declared. */
type ReplyOf<Declared extends Responses> = {
  [Status in keyof Declared & number]: Reply<Status, z.input<Declared[Status]['schema']>>;
}[keyof Declared & number];

/**
 * A route as one value: it validates requests, checks answers in tests and describes itself. The checks run in this
 * order: path (404), user (401), permission (403), `load` or `assertFound` (404), then headers, query and body (400,
 * 413, 415).
 */
export interface RouteSpec<
  Auth extends RouteAuth,
  Declared extends Responses,
  Params extends z.ZodType,
  Query extends z.ZodType,
  Headers extends z.ZodType,
  Body extends z.ZodObject,
  Resource,
  Answer extends ReplyOf<Declared>,
> {
  /** Its own among all routes: what clients that are generated from the specification call it. */
  readonly name: string;
  readonly method: RouteMethod;
  /** As OpenAPI writes it: `/products/{slug}`. A collection ends in a slash. */
  readonly path: string;
  readonly summary: string;
  /** What the summary leaves out, in Markdown: paragraphs and `code`. */
  readonly description?: string;
  readonly auth: Auth;
  /** Of the names in `path`; what it refuses is no address of this route. */
  readonly params?: Params;
  readonly query?: Query;
  readonly headers?: Headers;
  readonly body?: RequestBody<Body>;
  /** Finds what the path names. @throws {LtdError} `not_found` */
  load?(deps: ApiDeps, params: z.output<Params>): Promise<Resource>;
  /**
   * In the place of `load` where the handler itself looks for what the path names: asked only when what was sent is
   * refused, since a 404 comes first. @throws {LtdError} `not_found`
   */
  assertFound?(deps: ApiDeps, params: z.output<Params>): Promise<unknown>;
  /** Its successes, and the failures that are its own: those that come with its checks go without saying. */
  readonly responses: Declared;
  handler(
    request: RouteRequest<Auth, z.output<Params>, z.output<Query>, z.output<Headers>, z.output<Body>, Resource>,
  ): Answer | Promise<Answer>;
}

/** Any route, for what treats all of them alike. */
export interface Route {
  readonly name: string;
  readonly method: RouteMethod;
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly auth: RouteAuth;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly headers?: z.ZodType;
  readonly body?: RequestBody;
  load?(deps: ApiDeps, params: unknown): Promise<unknown>;
  assertFound?(deps: ApiDeps, params: unknown): Promise<unknown>;
  readonly responses: Responses;
  handler(request: RouteRequest<RouteAuth, unknown, unknown, unknown, unknown, unknown>): Reply | Promise<Reply>;
}

/** A route from its parts, which must fit together: this is where the compiler compares them. */
export function defineRoute<
  const Auth extends RouteAuth,
  const Declared extends Responses,
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Headers extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodObject = z.ZodObject,
  Resource = undefined,
  const Answer extends ReplyOf<Declared> = ReplyOf<Declared>,
>(spec: RouteSpec<Auth, Declared, Params, Query, Headers, Body, Resource, Answer>): Route {
  return spec;
}
