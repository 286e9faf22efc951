import type { RouteConfig, ZodContentObject } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { LtdError } from '../../domain/errors.js';
import { errorReply } from '../http/errors.js';
import { failuresOf, type ImpliedFailure } from '../http/implied-failures.js';
import type { Route, RouteAuth, RouteResponse } from '../http/route.js';
import { errorBody } from '../schemas/error.js';

const methods = { GET: 'get', POST: 'post', PATCH: 'patch', DELETE: 'delete' } as const;

const json = 'application/json';

/** A route as an operation of the specification. */
export function describeRoute(route: Route, tag: string): RouteConfig {
  const description = [route.description, permissionOf(route.auth)].filter((text) => text !== undefined);
  return {
    method: methods[route.method],
    path: route.path,
    operationId: route.name,
    tags: [tag],
    summary: route.summary,
    ...(description.length === 0 ? {} : { description: description.join('\n\n') }),
    security: securityOf(route.auth),
    request: requestOf(route),
    responses: { ...declaredResponses(route), ...impliedResponses(route) },
  };
}

function permissionOf(auth: RouteAuth): string | undefined {
  return auth === 'anonymous' || auth === 'password' ? undefined : `Needs the permission \`${auth}\`.`;
}

function securityOf(auth: RouteAuth): Record<string, string[]>[] {
  if (auth === 'anonymous') return [];
  return [auth === 'password' ? { password: [] } : { token: [] }];
}

/** Headers are left out: OpenAPI has clients ignore a parameter `Accept`, which is the only one that routes look at. */
function requestOf({ params, query, body }: Route): NonNullable<RouteConfig['request']> {
  return {
    ...(params === undefined ? {} : { params: objectOf(params) }),
    ...(query === undefined ? {} : { query: objectOf(query) }),
    ...(body === undefined ? {} : { body: { required: true, content: { [json]: { schema: body.schema } } } }),
  };
}

/** Parameters have names. */
function objectOf(schema: z.ZodType): z.ZodObject {
  if (schema instanceof z.ZodObject) return schema;
  throw new TypeError('The parameters of a route must be the keys of an object.');
}

function declaredResponses(route: Route): RouteConfig['responses'] {
  const described = Object.entries(route.responses).map(
    ([status, response]) =>
      [
        status,
        {
          description: [response, ...Object.values(response.accepted ?? {})]
            .map(({ description }) => description)
            .join(' '),
          ...describeHeaders(response.headers),
          content: contentOf(response),
        },
      ] as const,
  );
  return Object.fromEntries(described);
}

function contentOf({ schema, example, mediaType, accepted = {} }: RouteResponse): ZodContentObject {
  const own = { schema, ...(example === undefined ? {} : { example }) };
  const others = Object.entries(accepted).map(([type, other]) => [type, { schema: other.schema }] as const);
  return { [mediaType?.split(';', 1)[0] ?? json]: own, ...Object.fromEntries(others) };
}

function impliedResponses(route: Route): RouteConfig['responses'] {
  const implied = failuresOf(route).filter(({ status }) => route.responses[status] === undefined);
  return Object.fromEntries(implied.map((failure) => [failure.status, impliedResponse(route, failure)] as const));
}

function impliedResponse(
  { body }: Route,
  { name, status, description }: ImpliedFailure,
): RouteConfig['responses'][string] {
  if (status !== 400 || body === undefined) return { $ref: `#/components/responses/${name}` };
  const messages = ['The body is not valid JSON: send a JSON object in UTF-8.', ...(body.refusals ?? [])];
  return { description, content: { [json]: { schema: errorBody, examples: examplesOf(messages) } } };
}

function examplesOf(messages: readonly string[]): Record<string, { value: unknown }> {
  const examples = messages.map(
    (message) => [message, { value: errorReply(new LtdError('invalid', message), '').body }] as const,
  );
  return Object.fromEntries(examples);
}

/** A header of an answer. A type, not an interface: the generator's types have index signatures. */
type DescribedHeader = {
  readonly description: string;
  readonly required: true;
  readonly schema: { readonly type: 'string'; readonly format?: 'uri' };
};

/** What an answer says of its headers. */
export type DescribedHeaders = {
  headers?: Record<string, DescribedHeader>;
};

/** The key `headers` of an answer, and no key where there are none. */
export function describeHeaders(headers: Readonly<Record<string, string>> | undefined): DescribedHeaders {
  if (headers === undefined) return {};
  const described = Object.entries(headers).map(([name, description]) => [name, describe(name, description)] as const);
  return { headers: Object.fromEntries(described) };
}

function describe(name: string, description: string): DescribedHeader {
  const schema = name === 'Location' ? ({ type: 'string', format: 'uri' } as const) : ({ type: 'string' } as const);
  return { description, required: true, schema };
}
