import type { Route } from '../route.js';
import { buildRoutes } from './builds.js';
import { editionRoutes } from './editions.js';
import { healthRoutes } from './health.js';
import { productRoutes } from './products.js';
import { queueRoutes } from './queue.js';
import { rootRoutes } from './root.js';
import { tokenRoutes } from './token.js';

/** Every route of the API. A new file of routes is added here, and nowhere else. */
export const allRoutes: readonly Route[] = [
  ...rootRoutes,
  ...tokenRoutes,
  ...healthRoutes,
  ...productRoutes,
  ...buildRoutes,
  ...editionRoutes,
  ...queueRoutes,
];
