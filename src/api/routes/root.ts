import { z } from 'zod';
import { documentationUrl, productsUrl, rootUrl, tokenUrl } from '../../domain/urls.js';
import { defineRoute, type Route } from '../http/route.js';
import { exampleBaseUrl } from '../schemas/examples.js';
import { url } from '../schemas/fields.js';

const exampleRoot = {
  data: {
    server_version: '1.24.0',
    documentation: documentationUrl(exampleBaseUrl),
    message: 'LTD Keeper is the API service for managing LSST the Docs projects.',
  },
  links: {
    self: rootUrl(exampleBaseUrl),
    token: tokenUrl(exampleBaseUrl),
    products: productsUrl(exampleBaseUrl),
  },
};

const root = z
  .strictObject({
    data: z.strictObject({
      server_version: z.string().regex(/^\d+\.\d+\.\d+$/),
      documentation: url,
      message: z.string(),
    }),
    links: z.strictObject({ self: url, token: url, products: url }),
  })
  .meta({ id: 'Root', examples: [exampleRoot] });

const getRoot = defineRoute({
  name: 'getRoot',
  method: 'GET',
  path: '/',
  summary: 'What this service is, and where its resources begin',
  auth: 'anonymous',
  responses: { 200: { description: 'The version of the service and its first links.', schema: root } },
  handler: ({ baseUrl, deps }) => ({
    status: 200,
    body: {
      data: {
        server_version: deps.version,
        documentation: documentationUrl(baseUrl),
        message: 'LTD Keeper is the API service for managing LSST the Docs projects.',
      },
      links: { self: rootUrl(baseUrl), token: tokenUrl(baseUrl), products: productsUrl(baseUrl) },
    },
  }),
});

/** The API's root. */
export const rootRoutes: readonly Route[] = [getRoot];
