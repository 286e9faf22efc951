import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { packageVersion } from '../../process/package-version.js';
import { describeApi, type RouteGroup } from '../openapi/describe-api.js';
import { defineRoute, type Route } from '../http/route.js';

const specification = z.looseObject({ openapi: z.string().regex(/^3\.1\.\d+$/) }).meta({
  id: 'Specification',
  description: 'OpenAPI 3.1.',
  examples: [{ openapi: '3.1.0', info: { title: 'LTD Keeper', version: '1.24.0' }, paths: {} }],
});

const page = z.string().meta({ examples: ['<!doctype html>'] });

const htmlType = 'text/html; charset=utf-8';

/** The page of `/docs` with its Content-Security-Policy, as `scripts/docs-page` renders it during the build. */
function readDocsPage(): { readonly html: string; readonly policy: string } {
  const file = new URL('../../../docs-page.json', import.meta.url);
  return z.object({ html: z.string(), policy: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** The specification and its page. Reads `groups` at the first request, because it contains these routes, too. */
export function documentationRoutes(groups: () => readonly RouteGroup[]): readonly Route[] {
  const describe = once(() => describeApi(groups(), packageVersion));
  const readPage = once(readDocsPage);
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
    responses: { 200: { description: 'The page, which loads nothing else.', schema: page, mediaType: htmlType } },
    handler: () => {
      const { policy, html } = readPage();
      return { status: 200, mediaType: htmlType, headers: { 'content-security-policy': policy }, body: html };
    },
  });
  return [getSpecification, getDocs];
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
