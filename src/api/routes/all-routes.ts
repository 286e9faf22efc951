import type { RouteGroup } from '../openapi/describe-api.js';
import type { Route } from '../http/route.js';
import { buildRoutes } from './builds.js';
import { dashboardRoutes } from './dashboards.js';
import { documentationRoutes } from './documentation.js';
import { editionRoutes } from './editions.js';
import { healthRoutes } from './health.js';
import { productRoutes } from './products.js';
import { queueRoutes } from './queue.js';
import { rootRoutes } from './root.js';
import { tokenRoutes } from './token.js';

/** Every route of the API. A new file of routes is added here, and nowhere else. */
export const routeGroups: readonly RouteGroup[] = [
  {
    name: 'Authentication',
    description: 'A user name and a password are exchanged for a token, which every writing request carries.',
    routes: tokenRoutes,
  },
  {
    name: 'Products',
    description: 'A product is one body of documentation, with an address of its own.',
    routes: productRoutes,
  },
  {
    name: 'Builds',
    description:
      'A build is one upload of a product’s documentation. It is registered, uploaded, then said to be uploaded.',
    routes: buildRoutes,
  },
  {
    name: 'Editions',
    description:
      'An edition is what readers see below an address that stays: it tracks git refs and shows their newest build.',
    routes: editionRoutes,
  },
  {
    name: 'Dashboards',
    description: 'The pages that list the editions and the builds of a product for its readers.',
    routes: dashboardRoutes,
  },
  {
    name: 'Tasks',
    description: 'What a writing request has started, and how far it has come: the address is its `queue_url`.',
    routes: queueRoutes,
  },
  {
    name: 'Service',
    description: 'What this service is, and whether it is well.',
    routes: [...rootRoutes, ...healthRoutes, ...documentationRoutes(() => routeGroups)],
  },
];

/** The routes of all groups. */
export const allRoutes: readonly Route[] = routeGroups.flatMap(({ routes }) => routes);
