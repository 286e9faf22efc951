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

/**
 * Where readers find a product, without a slash at its end. The scheme is https, which the CDN serves. It is http below
 * `localhost`, where only a development stack serves.
 */
export function publishedProductUrl(domain: string): string {
  return `${localDomain.test(domain) ? 'http' : 'https'}://${domain}`;
}

/** A name below `localhost`, which every resolver keeps on this machine (RFC 6761), with or without a port. */
const localDomain = /\.localhost(?::\d+)?$/i;

/** Where readers find an edition: the product's own address for the default edition, else `/v/<slug>`. */
export function publishedEditionUrl(domain: string, editionSlug: string): string {
  const product = publishedProductUrl(domain);
  return editionSlug === defaultEditionSlug ? product : `${product}/v/${editionSlug}`;
}

/** Where readers find a build. */
export function publishedBuildUrl(domain: string, buildSlug: string): string {
  return `${publishedProductUrl(domain)}/builds/${buildSlug}`;
}
