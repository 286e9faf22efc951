import type { z } from 'zod';
import type { ShownProduct } from '../../db/queries/products.js';
import { productDomain, publishedProductUrl } from '../../domain/published-urls.js';
import { productUrl } from '../../domain/urls.js';
import type { product as productSchema } from '../schemas/product.js';

/** A product as clients read it. */
export function presentProduct(product: ShownProduct, baseUrl: string): z.input<typeof productSchema> {
  const domain = productDomain(product.slug, product.root_domain);
  return {
    self_url: productUrl(baseUrl, product.slug),
    slug: product.slug,
    doc_repo: product.doc_repo,
    title: product.title,
    root_domain: product.root_domain,
    root_fastly_domain: product.root_fastly_domain,
    domain,
    fastly_domain: product.root_fastly_domain,
    bucket_name: product.bucket_name,
    published_url: publishedProductUrl(domain),
    surrogate_key: product.surrogate_key,
  };
}
