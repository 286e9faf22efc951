import { z } from 'zod';
import { packageVersion } from '../../package-version.js';
import { describeApi, type OpenApiDocument, type RouteGroup } from '../openapi/describe-api.js';
import { defineRoute, type Route } from '../route.js';

const specification = z.looseObject({ openapi: z.string().regex(/^3\.1\.\d+$/) }).meta({
  id: 'Specification',
  description: 'OpenAPI 3.1.',
  examples: [{ openapi: '3.1.0', info: { title: 'LTD Keeper', version: '1.24.0' }, paths: {} }],
});

/** What the service says of itself. `groups` is asked at the first request, so that it may hold these routes too. */
export function documentationRoutes(groups: () => readonly RouteGroup[]): readonly Route[] {
  let described: OpenApiDocument | undefined;
  const getSpecification = defineRoute({
    name: 'getSpecification',
    method: 'GET',
    path: '/openapi.json',
    summary: 'This specification',
    auth: 'anonymous',
    responses: { 200: { description: 'The specification, in OpenAPI 3.1.', schema: specification } },
    handler: () => ({ status: 200, body: { ...(described ??= describeApi(groups(), packageVersion)) } }),
  });
  return [getSpecification];
}
