/** The slug of a product's default edition, which is published at the root of the product's domain. */
export const defaultEditionSlug = 'main';

/** A root domain as it is stored: LTD Keeper takes `.example.org` for `example.org`. */
export function normaliseRootDomain(rootDomain: string): string {
  return rootDomain.replace(/^\.+/, '');
}

/** The domain that serves a product's documentation. */
export function productDomain(productSlug: string, rootDomain: string): string {
  return `${productSlug}.${rootDomain}`;
}

/** Where readers find a product. Has no slash at its end, and is always https: that is what the CDN serves. */
export function publishedProductUrl(domain: string): string {
  return `https://${domain}`;
}

/** Where readers find an edition: the product's own address for the default edition, else `/v/<slug>`. */
export function publishedEditionUrl(domain: string, editionSlug: string): string {
  const product = publishedProductUrl(domain);
  return editionSlug === defaultEditionSlug ? product : `${product}/v/${editionSlug}`;
}

/** Where readers find a build. */
export function publishedBuildUrl(domain: string, buildSlug: string): string {
  return `${publishedProductUrl(domain)}/builds/${buildSlug}`;
}
