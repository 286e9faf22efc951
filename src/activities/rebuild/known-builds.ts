import type { KnownBuilds } from '../../copy-engine/header-knowledge.js';
import type { ManifestStore } from '../../copy-engine/manifest.js';
import type { WrittenBuilds } from '../../db/protocol/writer.js';

/** Manifests read beside the build's own: with more builds than this nothing is taken as known. */
const maxOthers = 8;

/**
 * The builds that may have written what is at an edition's prefix, with their manifests; null where one of them has none
 * any more, for then it is not known what it wrote.
 */
export async function knownBuilds(
  manifests: Pick<ManifestStore, 'findComplete'>,
  written: WrittenBuilds | null,
  targetId: number,
): Promise<KnownBuilds | null> {
  if (written === null) return null;
  const { published, tried } = written;
  const ids = new Set(published === null ? tried : [published, ...tried]);
  const hasTarget = ids.delete(targetId);
  if (ids.size > maxOthers) return null;
  const found = await Promise.all([...ids].map((id) => manifests.findComplete(id)));
  const others = found.filter((manifest) => manifest !== null);
  return others.length < ids.size ? null : { hasTarget, others, isPublished: published !== null };
}
