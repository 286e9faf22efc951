import { OpenApiGeneratorV31, OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import { type ImpliedFailure, impliedFailures } from '../http/implied-failures.js';
import type { Route } from '../http/route.js';
import { errorBody } from '../schemas/error.js';
import { type DescribedHeaders, describeHeaders, describeRoute } from './describe-route.js';

/** Routes that belong together. */
export interface RouteGroup {
  readonly name: string;
  readonly description: string;
  readonly routes: readonly Route[];
}

/** A specification: OpenAPI 3.1. */
type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>;

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
  for (const { name, routes } of groups) for (const route of routes) registry.registerPath(describeRoute(route, name));
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

/** What the specification says of all routes together, in Markdown: paragraphs and `code`. */
const introduction = `Publishes versioned documentation. A CI job registers a build of a product, uploads its files \
to the bucket and says so; every edition that tracks the build's git refs then shows it, and \`queue_url\` tells \
when.

**Authentication.** \`GET /token\` takes a user name and a password by HTTP Basic and gives a token that is good for \
an hour. Writing requests carry it by HTTP Basic too: the token as the user name, the password empty. Reading needs \
none.

**Bodies** are JSON objects in UTF-8, of 1 MiB at most. Keys that are not described are ignored, and \`notices\` of \
the answer names them.

**Failures** all have a JSON body with \`status\`, \`error\` and \`message\`. What can be wrong is looked at in this \
order: address (404, 405), user (401), permission (403), the resource (404), headers, query and body (400, 413, 415).

**Methods.** Every address that answers \`GET\` answers \`HEAD\`; \`OPTIONS\` names what an address answers in \
\`Allow\`, as \
does the 405 for any other method. A collection without the slash at its end is redirected (308).

**Dates** are UTC in whole seconds. **Addresses** in answers are absolute and have the host that was asked.

**Every answer** carries \`X-Request-Id\`: the request's own if it had one, under which the service logs it.`;

/**
 * A failure as a component of the specification. A type, not an interface: the generator's types have index signatures.
 */
type DescribedFailure = DescribedHeaders & {
  readonly description: string;
  readonly content: Record<string, { schema: { $ref: string }; example: unknown }>;
};

/** An implied failure as a component, which routes refer to. */
function describeFailure({ description, headers, example }: ImpliedFailure): DescribedFailure {
  return {
    description,
    ...describeHeaders(headers),
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' }, example } },
  };
}
