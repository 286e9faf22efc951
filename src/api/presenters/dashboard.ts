import type { z } from 'zod';
import type { ShownProduct } from '../../db/queries/products.js';
import type { ProductDashboard } from '../../services/read-product-dashboard.js';
import type { productDashboard as dashboardSchema } from '../schemas/dashboard.js';
import { presentBuild } from './build.js';
import { presentEdition } from './edition.js';
import { presentProduct } from './product.js';

/** A product with its editions and builds, as dashboards are made of them. */
export function presentProductDashboard(
  product: ShownProduct,
  { editions, builds, recorded }: ProductDashboard,
  baseUrl: string,
): z.input<typeof dashboardSchema> {
  return {
    product: presentProduct(product, baseUrl),
    editions: editions.map((edition) => presentEdition({ edition, product }, baseUrl)),
    builds: builds.map((build) => presentBuild({ build, product, recorded: recorded.get(build.id) ?? null }, baseUrl)),
  };
}
