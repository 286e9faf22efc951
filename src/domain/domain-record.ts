import { productDomain } from './published-urls.js';

/** How long resolvers may cache a product's record, in seconds, as in LTD Keeper 1.x. */
export const domainRecordTtl = 900;

/** The DNS record that points a product's domain at the CDN. */
export interface DomainRecord {
  /** Fully qualified, with its dot at the end. */
  readonly name: string;
  readonly target: string;
  /** Seconds. */
  readonly ttl: number;
  /** Candidate zones without a dot at the end; the first that exists holds the record. */
  readonly zones: readonly string[];
}

/** Returns the DNS record of a product. */
export function domainRecord(product: {
  readonly slug: string;
  readonly root_domain: string;
  readonly root_fastly_domain: string;
}): DomainRecord {
  const { slug, root_domain: root, root_fastly_domain: target } = product;
  return {
    name: `${productDomain(slug, root).replace(/\.$/, '')}.`,
    target,
    ttl: domainRecordTtl,
    zones: zonesOf(root),
  };
}

/**
 * Returns the root domain and its parents down to two labels, longest first. Resolvers ask the most specific delegated
 * zone, so a record in its parent is never found. LTD Keeper 1.x tries only the last one.
 */
function zonesOf(rootDomain: string): readonly string[] {
  const labels = rootDomain
    .toLowerCase()
    .split('.')
    .filter((label) => label !== '');
  const count = Math.max(1, labels.length - 1);
  return Array.from({ length: count }, (_, index) => labels.slice(index).join('.'));
}
