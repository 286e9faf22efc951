import type { Drift, DriftKind } from '../domain/edition-state.js';
import { hasCode } from '../domain/errors.js';
import { buildPrefix, editionPrefix } from '../domain/object-keys.js';
import type { CopyDeps } from './copy-job.js';
import type { ManifestStore } from './manifest.js';
import { verifyCopy, type VerifyControl, verifyHeaders } from './verify.js';

/** Objects of an edition whose headers are looked at, about: they are drawn at random each time. */
const headersLookedAt = 200;

/** An edition, and the build that its prefix should hold. */
export interface PublishedEdition {
  readonly bucket: string;
  readonly productSlug: string;
  readonly editionSlug: string;
  readonly buildId: number;
  readonly buildSlug: string;
  readonly surrogateKey: string;
}

/**
 * Looks whether an edition's prefix still holds its build: all objects by a listing, the headers of some. Null: it
 * does. Changes nothing.
 */
export async function findDrift(
  deps: CopyDeps & { readonly manifests: Pick<ManifestStore, 'findComplete'> },
  edition: PublishedEdition,
  control: VerifyControl,
): Promise<Drift | null> {
  const manifest = await deps.manifests.findComplete(edition.buildId);
  // Nothing is known of what it should hold: a rebuild learns it.
  if (manifest === null) return { kind: 'headers', seen: 'the manifest of the published build is missing' };
  const { bucket, productSlug, editionSlug, buildSlug, surrogateKey } = edition;
  const job = {
    bucket,
    sourcePrefix: buildPrefix(productSlug, buildSlug),
    destinationPrefix: editionPrefix(productSlug, editionSlug),
    manifest,
    surrogateKey,
    share: headersLookedAt / Math.max(1, manifest.objects),
  };
  return (
    (await driftSeen('objects', () => verifyCopy(deps, job, control))) ??
    (await driftSeen('headers', () => verifyHeaders(deps, job, control)))
  );
}

async function driftSeen(kind: DriftKind, verify: () => Promise<void>): Promise<Drift | null> {
  try {
    await verify();
    return null;
  } catch (error) {
    if (hasCode(error, 'verification_failed')) return { kind, seen: error.message };
    throw error;
  }
}
