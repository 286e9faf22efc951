import { formatDate } from './dates.js';
import { publishedEditionUrl, publishedProductUrl } from './published-urls.js';
import { buildUrl, editionUrl, productUrl } from './urls.js';

/** The body of an event, key for key and in the order of LTD Keeper 1.18 and newer, which LTD Events validates. */
export interface EditionEvent {
  readonly event_type: 'edition.updated';
  /** When it was published: `date_rebuilt` of the edition. */
  readonly event_timestamp: string;
  readonly edition: {
    /** Of the API. */
    readonly url: string;
    readonly published_url: string;
    readonly title: string;
    readonly slug: string;
    /** Of the API; the build that is published. */
    readonly build_url: string;
  };
  readonly product: {
    /** Of the API. */
    readonly url: string;
    readonly published_url: string;
    readonly title: string;
    readonly slug: string;
  };
}

/** How the delivery of an event can end. */
export type EventOutcome = 'delivered' | 'rejected';

/** What an event says, as it was when the build was published. */
export interface PublicationFacts {
  readonly publishedAt: Date;
  /** Scheme and authority of the API, for whoever is told. */
  readonly baseUrl: string;
  readonly edition: { readonly id: number; readonly slug: string; readonly title: string };
  readonly product: { readonly slug: string; readonly title: string };
  /** The domain of the product. */
  readonly domain: string;
  readonly buildId: number;
}

/** The event of a publication. */
export function editionEvent(facts: PublicationFacts): EditionEvent {
  const { baseUrl, edition, product, domain } = facts;
  return {
    event_type: 'edition.updated',
    event_timestamp: formatDate(facts.publishedAt),
    edition: {
      url: editionUrl(baseUrl, edition.id),
      published_url: publishedEditionUrl(domain, edition.slug),
      title: edition.title,
      slug: edition.slug,
      build_url: buildUrl(baseUrl, facts.buildId),
    },
    product: {
      url: productUrl(baseUrl, product.slug),
      published_url: publishedProductUrl(domain),
      title: product.title,
      slug: product.slug,
    },
  };
}

/** What decides whether a plan that ended whole is told of; builds by their ids. */
export interface AnnouncementFacts {
  /** Nothing new was asked for: the published build was made whole again. */
  readonly restore: boolean;
  /** The build that is published now; null where none is. */
  readonly target: number | null;
  /** The build that was published before. */
  readonly published: number | null;
  /** Every generation that ends with it only gave the edition another slug. */
  readonly onlyMoved: boolean;
}

/**
 * Whether the world is told. LTD Keeper tells of rebuilds, forced ones too, and not of an edition that only moved; the
 * same build under another address is no update of what it says.
 */
export function isAnnounced({ restore, target, published, onlyMoved }: AnnouncementFacts): boolean {
  return !restore && target !== null && !(onlyMoved && target === published);
}
