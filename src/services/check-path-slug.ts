import { LtdError } from '../domain/errors.js';
import { invalidSlugMessage, isPathSlug, maxPathSlug } from '../domain/slugs.js';

/**
 * A slug that a client chose for a build or an edition, as it is.
 *
 * @throws {LtdError} `invalid` for one that cannot be a part of an address.
 */
export function checkPathSlug(slug: string): string {
  if (!isPathSlug(slug)) throw new LtdError('invalid', invalidSlugMessage(slug, maxPathSlug));
  return slug;
}
