/** The prefix of a folder's keys. It ends in `/`, so the prefix of `v1` never includes `v10`. */
export type KeyPrefix = `${string}/`;

/** Returns a build's `bucket_root_dir`, without a slash at the end; also the key of its redirect object. */
export function buildRootDirectory(productSlug: string, buildSlug: string): string {
  return `${productSlug}/builds/${buildSlug}`;
}

/** Returns the prefix of a build's objects. */
export function buildPrefix(productSlug: string, buildSlug: string): KeyPrefix {
  return `${buildRootDirectory(productSlug, buildSlug)}/`;
}

/** Returns the key of the object that redirects `/v/<edition>` to its folder. */
export function editionRedirectKey(productSlug: string, editionSlug: string): string {
  return `${productSlug}/v/${editionSlug}`;
}

/** Returns the prefix of an edition's objects. */
export function editionPrefix(productSlug: string, editionSlug: string): KeyPrefix {
  return `${editionRedirectKey(productSlug, editionSlug)}/`;
}

/**
 * Compares two object keys by their UTF-8 bytes, the order of S3's listings. Negative if `a` comes first. JavaScript's
 * `<` compares UTF-16 code units, which order characters above U+FFFF differently.
 */
export function compareKeys(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let at = 0; at < end; at += 1) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Maps a UTF-16 code unit to its UTF-8 order: surrogates (U+10000 and up) come after U+E000 to U+FFFF. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/**
 * Returns the surrogate key, by which the CDN purges: a UUID's 32 hexadecimal digits in lower case.
 *
 * @throws {RangeError} if `uuid` is not a UUID.
 */
export function surrogateKey(uuid: string): string {
  const key = uuid.replaceAll('-', '').toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(key)) throw new RangeError(`'${uuid}' is not a UUID`);
  return key;
}
