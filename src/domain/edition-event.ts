import { formatDate } from './dates.js';
import { publishedEditionUrl, publishedProductUrl } from './published-urls.js';
import { buildUrl, editionUrl, productUrl } from './urls.js';

/** The body of an event. LTD Events validates it: keys and order are those of LTD Keeper 1.18 and newer. */
export interface EditionEvent {
  readonly event_type: 'edition.updated';
  /** The time of publication: `date_rebuilt` of the edition. */
  readonly event_timestamp: string;
  readonly edition: {
    /** The address in the API. */
    readonly url: string;
    readonly published_url: string;
    readonly title: string;
    readonly slug: string;
    /** The published build's address in the API. */
    readonly build_url: string;
  };
  readonly product: {
    /** The address in the API. */
    readonly url: string;
    readonly published_url: string;
    readonly title: string;
    readonly slug: string;
  };
}

/** How the delivery of an event can end. */
export type EventOutcome = 'delivered' | 'rejected';

/** The content of an event, as of the publication. */
export interface PublicationFacts {
  readonly publishedAt: Date;
  /** Scheme and authority of the API as the receiver reaches it. */
  readonly baseUrl: string;
  readonly edition: { readonly id: number; readonly slug: string; readonly title: string };
  readonly product: { readonly slug: string; readonly title: string };
  /** The product's domain. */
  readonly domain: string;
  readonly buildId: number;
}

/** Returns the event of a publication. */
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

/** The facts that decide whether a completed plan sends an event; builds by their ids. */
export interface AnnouncementFacts {
  /** The plan only restored the published build. */
  readonly restore: boolean;
  /** The published build; null if there is none. */
  readonly target: number | null;
  /** The previously published build. */
  readonly published: number | null;
  /** All generations that the plan settles only renamed the edition. */
  readonly onlyMoved: boolean;
}

/**
 * Whether the plan sends an event. As in LTD Keeper 1.x, each rebuild does, forced ones too, and a rename does not.
 */
export function isAnnounced({ restore, target, published, onlyMoved }: AnnouncementFacts): boolean {
  return !restore && target !== null && !(onlyMoved && target === published);
}
