/** The slug of a product's default edition, which is published at the root of the product's domain. */
export const defaultEditionSlug = 'main';

/** Returns a root domain as stored: like LTD Keeper 1.x, it reads `.example.org` as `example.org`. */
export function normaliseRootDomain(rootDomain: string): string {
  return rootDomain.replace(/^\.+/, '');
}

/** Returns the domain that serves a product's documentation. */
export function productDomain(productSlug: string, rootDomain: string): string {
  return `${productSlug}.${rootDomain}`;
}

/**
 * Returns a product's address for readers, without a slash at the end. The scheme is https, but http below `localhost`,
 * which only a development stack serves.
 */
export function publishedProductUrl(domain: string): string {
  return `${localDomain.test(domain) ? 'http' : 'https'}://${domain}`;
}

/** A name below `localhost`, with or without a port. Resolvers map it to this machine (RFC 6761). */
const localDomain = /\.localhost(?::\d+)?$/i;

/** Returns an edition's address for readers: the product's address for the default edition, else `/v/<slug>`. */
export function publishedEditionUrl(domain: string, editionSlug: string): string {
  const product = publishedProductUrl(domain);
  return editionSlug === defaultEditionSlug ? product : `${product}/v/${editionSlug}`;
}

/** Returns a build's address for readers. */
export function publishedBuildUrl(domain: string, buildSlug: string): string {
  return `${publishedProductUrl(domain)}/builds/${buildSlug}`;
}
