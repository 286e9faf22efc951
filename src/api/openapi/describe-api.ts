import { OpenApiGeneratorV31, OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import { impliedFailures } from '../http/implied-failures.js';
import type { Route } from '../http/route.js';
import { errorBody } from '../schemas/error.js';
import { describeFailure } from './describe-failure.js';
import { describeRoute } from './describe-route.js';
import { introduction } from './introduction.js';

/** Routes that belong together. */
export interface RouteGroup {
  readonly name: string;
  readonly description: string;
  readonly routes: readonly Route[];
}

/** A specification: OpenAPI 3.1. */
export type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>;

/**
 * The specification of these routes, and of nothing that is not in them. It names no server: its addresses are relative
 * to where it is served.
 */
export function describeApi(groups: readonly RouteGroup[], version: string): OpenApiDocument {
  const registry = new OpenAPIRegistry();
  for (const [name, scheme] of Object.entries(securitySchemes))
    registry.registerComponent('securitySchemes', name, scheme);
  for (const failure of impliedFailures)
    registry.registerComponent('responses', failure.name, describeFailure(failure));
  for (const { name, routes } of groups)
    for (const route of routes) registry.registerPath(describeRoute(route, name));
  return new OpenApiGeneratorV31([...registry.definitions, errorBody]).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'LTD Keeper',
      version,
      description: introduction,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    tags: groups.map(({ name, description }) => ({ name, description })),
  });
}

const securitySchemes = {
  password: { type: 'http', scheme: 'basic', description: 'The name and the password of a user.' },
  token: {
    type: 'http',
    scheme: 'basic',
    description: 'A token of `GET /token` as the user name, with an empty password.',
  },
} as const;
