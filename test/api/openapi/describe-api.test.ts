import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { checkout } from '../../../scripts/paths.js';
import { describeApi } from '../../../src/api/openapi/describe-api.js';
import { defineRoute, type Route } from '../../../src/api/http/route.js';
import { allRoutes, routeGroups } from '../../../src/api/routes/all-routes.js';
import { errorBody } from '../../../src/api/schemas/error.js';
import { packageVersion } from '../../../src/process/package-version.js';

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly description?: string;
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: { readonly required: boolean };
  readonly responses: Readonly<Record<string, { readonly content?: object; readonly headers?: object }>>;
}

const specification = describeApi(routeGroups, packageVersion);

function operation(method: string, path: string): Operation {
  const item: unknown = specification.paths?.[path];
  return (item as Record<string, Operation>)[method] ?? assert.fail(`there is no ${method} ${path}`);
}

/** Every schema of a body, with the name of its operation. */
function schemasOf(route: Route): [string, z.ZodType][] {
  const where = `${route.method} ${route.path}`;
  const answers = Object.entries(route.responses).flatMap(([status, { schema, accepted = {} }]) =>
    [schema, ...Object.values(accepted).map((other) => other.schema)].map((one): [string, z.ZodType] => [
      `${where} ${status}`,
      one,
    ]),
  );
  return route.body === undefined ? answers : [[where, route.body.schema], ...answers];
}

/** The examples of the schema itself, not of its parts. */
function examplesOf(schema: z.ZodType): unknown[] {
  return (schema.meta()?.['examples'] ?? []) as unknown[];
}

describe('the OpenAPI specification', () => {
  it('equals openapi.json (else run `make openapi`)', async () => {
    const committed: unknown = JSON.parse(await readFile(join(checkout, 'openapi.json'), 'utf8'));
    assert.deepEqual(JSON.parse(JSON.stringify(specification)), committed);
  });

  it('has an operation with a unique name for every route', () => {
    const described = allRoutes.map(({ method, path }) => operation(method.toLowerCase(), path).operationId);
    assert.deepEqual(
      described,
      allRoutes.map(({ name }) => name),
    );
    assert.equal(new Set(described).size, described.length);
  });

  it('declares the authentication of each operation', () => {
    assert.deepEqual(operation('get', '/products/').security, []);
    assert.deepEqual(operation('get', '/token').security, [{ password: [] }]);
    const post = operation('post', '/products/');
    assert.deepEqual(post.security, [{ token: [] }]);
    assert.match(post.description ?? '', /permission `product`/);
    for (const scheme of Object.values(specification.components?.securitySchemes ?? {}))
      assert.deepEqual([Reflect.get(scheme, 'type'), Reflect.get(scheme, 'scheme')], ['http', 'basic']);
  });

  it('declares which parameters and bodies are required', () => {
    const needed = operation('get', '/queue/{id}').parameters?.map(
      (parameter) => [parameter.in, parameter.name, parameter.required] as const,
    );
    assert.deepEqual(needed, [
      ['path', 'id', true],
      ['query', 'wait', false],
    ]);
    for (const route of allRoutes.filter(({ body }) => body !== undefined))
      assert.equal(operation(route.method.toLowerCase(), route.path).requestBody?.required, true, route.name);
  });

  it('declares every failure of a route', () => {
    const statuses = (method: string, path: string): string[] => Object.keys(operation(method, path).responses);
    assert.deepEqual(statuses('get', '/products/'), ['200', '400', '500', '503']);
    assert.deepEqual(statuses('get', '/token'), ['200', '400', '401', '429', '500', '503']);
    assert.deepEqual(statuses('patch', '/editions/{id}'), [
      ...['200', '400', '401', '403', '404', '409', '413', '415', '500', '503'],
    ]);
  });

  it('declares the answer for clients that accept the media type of presigned uploads', () => {
    const { content } = operation('post', '/products/{slug}/builds/').responses['201'] ?? {};
    assert.deepEqual(Object.keys(content ?? {}), ['application/json', 'application/vnd.ltdkeeper.v2+json']);
  });

  it('declares where answers have the header Location', () => {
    const { headers } = operation('post', '/products/').responses['201'] ?? {};
    assert.deepEqual(Object.keys(headers ?? {}), ['Location']);
  });

  it('has examples that match their schemas', () => {
    for (const [where, schema] of allRoutes.flatMap(schemasOf)) {
      if (schema === errorBody) continue;
      const examples = examplesOf(schema);
      assert.ok(examples.length > 0, `${where} has no example`);
      for (const example of examples) schema.parse(example);
    }
    for (const { responses } of allRoutes)
      for (const { schema, example } of Object.values(responses))
        if (schema === errorBody || example !== undefined) schema.parse(example);
  });

  it('has failure examples as the API sends them', () => {
    const examples: unknown[] = [];
    // Wherever they are in the document.
    JSON.stringify(specification, (_key, value: unknown) => {
      if (errorBody.safeParse(value).success) examples.push(value);
      return value;
    });
    const statuses = new Set(examples.map((example) => errorBody.parse(example).status));
    assert.deepEqual([...statuses].toSorted(), [400, 401, 403, 404, 409, 413, 415, 429, 500, 503]);
  });

  it('rejects a route whose parameters have no names', () => {
    const route = defineRoute({
      name: 'nameless',
      method: 'GET',
      path: '/{a}',
      summary: '',
      auth: 'anonymous',
      params: z.string(),
      responses: { 200: { description: '', schema: z.null() } },
      handler: () => ({ status: 200, body: null }),
    });
    assert.throws(() => describeApi([{ name: '', description: '', routes: [route] }], '1.0.0'), TypeError);
  });
});
