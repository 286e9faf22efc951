import { productDomain } from './published-urls.js';

/** How long resolvers may keep the record of a product, in seconds: LTD Keeper's number. */
export const domainRecordTtl = 900;

/** The record that leads readers of a product to the CDN. */
export interface DomainRecord {
  /** Fully qualified, with its dot at the end. */
  readonly name: string;
  readonly target: string;
  /** Seconds. */
  readonly ttl: number;
  /** Names of the zones that may hold it, without a dot at their ends; the first that exists does. */
  readonly zones: readonly string[];
}

/** The record of a product. */
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
 * The root domain and each domain above it down to two labels, the longest first. LTD Keeper knows only the last; a zone
 * that is delegated is the one that resolvers ask, so a record in the zone above it would never be found.
 */
function zonesOf(rootDomain: string): readonly string[] {
  const labels = rootDomain
    .toLowerCase()
    .split('.')
    .filter((label) => label !== '');
  const count = Math.max(1, labels.length - 1);
  return Array.from({ length: count }, (_, index) => labels.slice(index).join('.'));
}
