import type { Product } from '../models/product.js';

/** What is read of a product together with an edition or a build of it. */
export type ProductFacts = Pick<
  Product,
  'id' | 'slug' | 'root_domain' | 'bucket_name' | 'dashboard_generation'
>;

/** The columns of `products` beside those of its edition or build, in one statement: reads are most of what is asked. */
export const productFacts = `products.slug AS "productSlug", products.root_domain AS "rootDomain",
  products.bucket_name AS "bucketName", products.dashboard_generation AS "dashboardGeneration"`;

/** A row that has {@link productFacts} beside its own. */
export interface WithProduct {
  readonly product_id: number;
  readonly productSlug: string;
  readonly rootDomain: string;
  readonly bucketName: string;
  readonly dashboardGeneration: number;
}

/** The product of such a row. */
export function productOf(row: WithProduct): ProductFacts {
  return {
    id: row.product_id,
    slug: row.productSlug,
    root_domain: row.rootDomain,
    bucket_name: row.bucketName,
    dashboard_generation: row.dashboardGeneration,
  };
}
