import { KeeperError } from '../domain/errors.js';
import { invalidSlugMessage, isPathSlug, longestPathSlug } from '../domain/slugs.js';

/**
 * A slug that a client chose for a build or an edition, as it is.
 *
 * @throws {KeeperError} `invalid` for one that cannot be a part of an address.
 */
export function checkPathSlug(slug: string): string {
  if (!isPathSlug(slug)) throw new KeeperError('invalid', invalidSlugMessage(slug, longestPathSlug));
  return slug;
}
