import { z } from 'zod';
import { packageVersion } from '../../process/package-version.js';
import { renderDocs } from '../docs/render-docs.js';
import type { Specification } from '../docs/specification.js';
import { describeApi, type RouteGroup } from '../openapi/describe-api.js';
import { defineRoute, type Route } from '../http/route.js';

const specification = z.looseObject({ openapi: z.string().regex(/^3\.1\.\d+$/) }).meta({
  id: 'Specification',
  description: 'OpenAPI 3.1.',
  examples: [{ openapi: '3.1.0', info: { title: 'LTD Keeper', version: '1.24.0' }, paths: {} }],
});

const page = z.string().meta({ examples: ['<!doctype html>'] });

const html = 'text/html; charset=utf-8';

/** What the service says of itself. `groups` is asked at the first request, so that it may hold these routes too. */
export function documentationRoutes(groups: () => readonly RouteGroup[]): readonly Route[] {
  const describe = once(() => describeApi(groups(), packageVersion));
  const render = once(() => renderDocs(describe() as unknown as Specification)); // its types say what of it is read
  const getSpecification = defineRoute({
    name: 'getSpecification',
    method: 'GET',
    path: '/openapi.json',
    summary: 'This specification',
    auth: 'anonymous',
    responses: { 200: { description: 'The specification, in OpenAPI 3.1.', schema: specification } },
    handler: () => ({ status: 200, body: { ...describe() } }),
  });
  const getDocs = defineRoute({
    name: 'getDocs',
    method: 'GET',
    path: '/docs',
    summary: 'This specification as a page to read',
    auth: 'anonymous',
    responses: { 200: { description: 'The page, which loads nothing else.', schema: page, mediaType: html } },
    handler: () => {
      const docs = render();
      const headers = { 'content-security-policy': docs.policy };
      return { status: 200, mediaType: html, headers, body: docs.html };
    },
  });
  return [getSpecification, getDocs];
}

/** Neither changes while the program runs. */
function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
