/**
 * DNS (RFC 1035, 2.3.4): a label has at most 63 octets, and a product's slug is one: it is published at
 * `<slug>.<root domain>`.
 */
export const maxProductSlug = 63;

/**
 * LTD Keeper's column holds 255 characters. With it the prefix of an edition takes at most 322 of the 1,024 bytes that
 * S3 gives a key, so the pages beneath it keep about 700.
 */
export const maxPathSlug = 255;

/** What LTD Keeper's `^[a-z]+[-a-z0-9]*[a-z0-9]+$` accepts, written so that no input makes it try more than once. */
export const productSlugGrammar = /^[a-z][-a-z0-9]*[a-z0-9]$/;

/** LTD Keeper's, since 1.10; of what it accepts a few slugs are reserved. */
export const pathSlugGrammar = /^[-a-zA-Z0-9._]+$/;

/**
 * Path slugs that LTD Keeper takes and we do not: `.` and `..` climb out of the prefix once a browser resolves the
 * address, the others are the keys of the dashboards that lie beside the editions and builds.
 */
const reservedPathSlugs: ReadonlySet<string> = new Set(['.', '..', 'index.html', 'switcher.json']);

/** LTD Keeper makes `DM-1234` of the branch `tickets/DM-1234`. */
const ticketBranch = /^tickets\/([A-Z]+-[0-9]+)$/;

/** Whether `slug` may name a product: two characters at least, lower case, fit to be a part of a domain name. */
export function isProductSlug(slug: string): boolean {
  return slug.length <= maxProductSlug && productSlugGrammar.test(slug);
}

/** Whether `slug` may name an edition or a build: one segment of a path that stays below its product. */
export function isPathSlug(slug: string): boolean {
  return slug.length <= maxPathSlug && pathSlugGrammar.test(slug) && !reservedPathSlugs.has(slug);
}

/** LTD Keeper's message for a slug outside the grammar; one that is too long is cut and told its limit. */
export function invalidSlugMessage(slug: string, longest: number): string {
  if (slug.length <= longest) return `Invalid slug: ${slug}`;
  return `Invalid slug: ${slug.slice(0, longest)}... is too long, at most ${longest} characters are allowed`;
}

/**
 * The slug of an edition that is made for `gitRefs` by itself: the refs joined by `-`, the ticket of a ticket branch,
 * else with `-` for every `/`. Undefined where that is no path slug, as for a ref with `+`.
 */
export function autoEditionSlug(gitRefs: readonly string[]): string | undefined {
  const joined = gitRefs.join('-');
  const slug = ticketBranch.exec(joined)?.[1] ?? joined.replaceAll('/', '-');
  return isPathSlug(slug) ? slug : undefined;
}

/** Slugs for builds that are given none: the least `count` of `1`, `2`, ... that are not among `taken`. */
export function nextBuildSlugs(taken: Iterable<string>, count: number): readonly string[] {
  const slugs = new Set(taken);
  const free: string[] = [];
  for (let number = 1; free.length < count; number += 1) {
    if (!slugs.has(String(number))) free.push(String(number));
  }
  return free;
}

/**
 * The slug of an edition that asks for `autoincrement`: one more than the greatest whole number among `slugs` (those of
 * the product's editions, deprecated ones too), `1` where there is none. LTD Keeper reads numbers as Python does, so
 * that `2018_01` counts as 201801 and `-3` leads to `-2`; here a number is digits alone, of any size.
 */
export function nextEditionSlug(slugs: Iterable<string>): string {
  let greatest = 0n;
  for (const slug of slugs) {
    if (!/^[0-9]+$/.test(slug)) continue;
    const number = BigInt(slug);
    if (number > greatest) greatest = number;
  }
  return String(greatest + 1n);
}
