import assert from 'node:assert/strict';
import { z } from 'zod';
import { defineRoute, type Route, type RouteMethod } from '../../../src/api/http/route.js';
import { createRouting, type Destination } from '../../../src/api/http/routing.js';
import { idParams, productParams } from '../../../src/api/schemas/fields.js';

const responses = { 200: { description: 'ok', schema: z.unknown() } };

function route(method: RouteMethod, path: string, params?: z.ZodType): Route {
  return defineRoute({
    name: 'route',
    method,
    path,
    summary: path,
    auth: 'anonymous',
    ...(params === undefined ? {} : { params }),
    responses,
    handler: () => ({ status: 200, body: null }),
  });
}

const routing = createRouting([
  route('GET', '/'),
  route('GET', '/products/'),
  route('POST', '/products/'),
  route('GET', '/products/{slug}', productParams),
  route('PATCH', '/products/{slug}', productParams),
  route('POST', '/products/{slug}/builds/', productParams),
  route('GET', '/builds/{id}', idParams),
  route('DELETE', '/builds/{id}', idParams),
]);

/** A short description of a destination. */
function told(to: Destination): string {
  switch (to.kind) {
    case 'route':
      return [to.route.method, to.route.path, JSON.stringify(to.params)].join(' ').trim();
    case 'redirect':
      return `redirect ${to.path}`;
    case 'options':
    case 'method_not_allowed':
      return `${to.kind} ${to.allow.join(',')}`;
    case 'not_found':
      return to.kind;
    default:
      return to satisfies never;
  }
}

describe('the router', () => {
  const cases: readonly (readonly [request: string, destination: string])[] = [
    ['GET /', 'GET /'],
    ['GET /products/', 'GET /products/'],
    ['HEAD /products/', 'GET /products/'],
    ['GET /products/a', 'GET /products/{slug} {"slug":"a"}'],
    ['GET /products/a%20b', 'GET /products/{slug} {"slug":"a b"}'],
    ['GET /products/a%2Fb', 'GET /products/{slug} {"slug":"a/b"}'],
    ['PATCH /products/a', 'PATCH /products/{slug} {"slug":"a"}'],
    ['DELETE /builds/12', 'DELETE /builds/{id} {"id":12}'],
    ['GET /builds/007', 'GET /builds/{id} {"id":7}'],
    // Beyond the range of ids: the resource does not exist, which only authorized users learn.
    ['GET /builds/99999999999', 'GET /builds/{id} {"id":0}'],
    // Collections without their slash.
    ['GET /products', 'redirect /products/'],
    ['POST /products', 'redirect /products/'],
    ['DELETE /products', 'redirect /products/'],
    ['POST /products/a/builds', 'redirect /products/a/builds/'],
    // Unknown addresses.
    ['GET /nothing', 'not_found'],
    ['GET /products/a/', 'not_found'],
    ['GET /products/a//', 'not_found'],
    ['GET //products/', 'not_found'],
    ['GET /products//', 'not_found'],
    ['GET /Products/', 'not_found'],
    ['GET /builds/x', 'not_found'],
    ['PUT /builds/x', 'not_found'],
    ['GET /builds/1.5', 'not_found'],
    ['GET /builds/-1', 'not_found'],
    ['GET /builds/1/', 'not_found'],
    ['GET /builds/%31', 'GET /builds/{id} {"id":1}'],
    ['GET /products/%ff', 'not_found'],
    ['OPTIONS *', 'not_found'],
    // Other methods.
    ['PUT /products/a', 'method_not_allowed GET,HEAD,OPTIONS,PATCH'],
    ['TRACE /products/', 'method_not_allowed GET,HEAD,OPTIONS,POST'],
    ['get /products/', 'method_not_allowed GET,HEAD,OPTIONS,POST'],
    ['HEAD /products/a/builds/', 'method_not_allowed OPTIONS,POST'],
    ['OPTIONS /products/a', 'options GET,HEAD,OPTIONS,PATCH'],
    ['OPTIONS /products/a/builds/', 'options OPTIONS,POST'],
  ];
  for (const [request, destination] of cases) {
    it(`routes ${request} to ${destination}`, () => {
      const [method = '', path = ''] = request.split(' ');
      assert.equal(told(routing(method, path)), destination);
    });
  }
});
