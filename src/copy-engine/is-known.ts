import { sameContent } from '../domain/copy-decision.js';
import type { ListedObject } from '../integrations/object-store/object-store.js';
import type { ManifestEntry } from './manifest.js';

/**
 * Whether a listed object is the one that was learnt, so that its headers are known: the same content, and not written
 * again since.
 */
export function isKnown(object: ListedObject, entry: ManifestEntry | undefined): entry is ManifestEntry {
  return entry !== undefined && sameContent(object, entry) && object.modifiedAt === entry.modifiedAt;
}
