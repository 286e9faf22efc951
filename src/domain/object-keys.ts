/** What the keys of a folder begin with. Ends in `/`, so that the prefix of `v1` never takes in `v10`. */
export type KeyPrefix = `${string}/`;

/** A build's `bucket_root_dir`; also the key of the object that redirects to its folder. No slash at its end. */
export function buildRootDirectory(productSlug: string, buildSlug: string): string {
  return `${productSlug}/builds/${buildSlug}`;
}

/** Where the objects of a build are. */
export function buildPrefix(productSlug: string, buildSlug: string): KeyPrefix {
  return `${buildRootDirectory(productSlug, buildSlug)}/`;
}

/** The key of the object that redirects `/v/<edition>` to its folder. */
export function editionRedirectKey(productSlug: string, editionSlug: string): string {
  return `${productSlug}/v/${editionSlug}`;
}

/** Where the objects of an edition are. */
export function editionPrefix(productSlug: string, editionSlug: string): KeyPrefix {
  return `${editionRedirectKey(productSlug, editionSlug)}/`;
}
