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

/**
 * Orders two object keys as S3's listings do, by the bytes of their UTF-8 form: negative when `a` comes first, zero
 * when they are equal. JavaScript's `<` compares UTF-16 code units, which differs from it above U+FFFF.
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

/** A UTF-16 code unit's place in UTF-8 byte order: surrogates stand for U+10000 and up, so above U+E000 to U+FFFF. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/**
 * A surrogate key, by which the CDN is told what to purge: the 32 hexadecimal digits of a UUID, in lower case.
 *
 * @throws {RangeError} for what is no UUID.
 */
export function surrogateKey(uuid: string): string {
  const key = uuid.replaceAll('-', '').toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(key)) throw new RangeError(`'${uuid}' is no UUID`);
  return key;
}
