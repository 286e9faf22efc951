import type { z } from 'zod';
import type { Product } from '../../db/models/product.js';
import type { EditionFacts } from '../../db/queries/editions.js';
import { formatDate } from '../../domain/dates.js';
import { productDomain, publishedEditionUrl } from '../../domain/published-urls.js';
import { buildUrl, editionUrl, productUrl } from '../../domain/urls.js';
import type { edition as editionSchema } from '../schemas/edition.js';

/** An edition with the product that it is of. */
export interface PresentableEdition {
  readonly edition: EditionFacts;
  readonly product: Pick<Product, 'slug' | 'root_domain'>;
}

/** An edition as clients read it. */
export function presentEdition(
  { edition, product }: PresentableEdition,
  baseUrl: string,
): z.input<typeof editionSchema> {
  const urlOfBuild = (id: number | null): string | null => (id === null ? null : buildUrl(baseUrl, id));
  return {
    self_url: editionUrl(baseUrl, edition.id),
    product_url: productUrl(baseUrl, product.slug),
    build_url: urlOfBuild(edition.build_id),
    published_build_url: urlOfBuild(edition.published_build_id),
    last_failure: presentFailure(edition.last_failure, baseUrl),
    mode: edition.mode,
    // In other modes refs may be stored, and mean nothing.
    tracked_refs: edition.mode === 'git_refs' ? edition.tracked_refs : null,
    slug: edition.slug,
    title: edition.title,
    published_url: publishedEditionUrl(productDomain(product.slug, product.root_domain), edition.slug),
    date_created: formatDate(edition.date_created),
    date_rebuilt: formatDate(edition.date_rebuilt),
    date_ended: edition.date_ended === null ? null : formatDate(edition.date_ended),
    surrogate_key: edition.surrogate_key,
    pending_rebuild: edition.pending_rebuild,
    purge_pending: edition.purge_done < edition.purge_due,
    purge_error: edition.purge_error,
  };
}

function presentFailure(
  failure: EditionFacts['last_failure'],
  baseUrl: string,
): z.input<typeof editionSchema>['last_failure'] {
  if (failure === null) return null;
  return {
    build_url: buildUrl(baseUrl, failure.build_id),
    error: failure.error,
    date: formatDate(new Date(failure.finished_at)),
  };
}
