/**
 * A product's slug is a DNS label, `<slug>.<root domain>`, with at most 63 octets (RFC 1035, 2.3.4).
 */
export const maxProductSlug = 63;

/**
 * The limit of LTD Keeper 1.x's column. An edition's prefix then takes at most 322 of the 1,024 bytes of an S3 key and
 * leaves about 700 for pages.
 */
export const maxPathSlug = 255;

/** Accepts the same as LTD Keeper 1.x's `^[a-z]+[-a-z0-9]*[a-z0-9]+$`, without its backtracking. */
export const productSlugGrammar = /^[a-z][-a-z0-9]*[a-z0-9]$/;

/** The grammar of LTD Keeper since 1.10. {@link isPathSlug} also refuses reserved slugs. */
export const pathSlugGrammar = /^[-a-zA-Z0-9._]+$/;

/**
 * Slugs that LTD Keeper 1.x accepts and this service refuses. Browsers resolve `.` and `..` to another path; the others
 * are keys of the dashboards, beside the editions and builds.
 */
const reservedPathSlugs: ReadonlySet<string> = new Set(['.', '..', 'index.html', 'switcher.json']);

/** As in LTD Keeper 1.x, the branch `tickets/DM-1234` makes the slug `DM-1234`. */
const ticketBranch = /^tickets\/([A-Z]+-[0-9]+)$/;

/** Whether `slug` may name a product: a lower-case DNS label of at least two characters. */
export function isProductSlug(slug: string): boolean {
  return slug.length <= maxProductSlug && productSlugGrammar.test(slug);
}

/** Whether `slug` may name an edition or a build: one path segment that is not reserved. */
export function isPathSlug(slug: string): boolean {
  return slug.length <= maxPathSlug && pathSlugGrammar.test(slug) && !reservedPathSlugs.has(slug);
}

/** Returns LTD Keeper 1.x's message for an invalid slug. For a slug that is too long, it cuts it and adds the limit. */
export function invalidSlugMessage(slug: string, longest: number): string {
  if (slug.length <= longest) return `Invalid slug: ${slug}`;
  return `Invalid slug: ${slug.slice(0, longest)}... is too long, at most ${longest} characters are allowed`;
}

/**
 * Returns the slug of an edition that a build creates: the ticket of a ticket branch, else the refs joined by `-`, with
 * `-` for each `/`. Undefined if the result is not a valid slug, as for a ref with `+`.
 */
export function autoEditionSlug(gitRefs: readonly string[]): string | undefined {
  const joined = gitRefs.join('-');
  const slug = ticketBranch.exec(joined)?.[1] ?? joined.replaceAll('/', '-');
  return isPathSlug(slug) ? slug : undefined;
}

/** Returns the `count` smallest of `1`, `2`, ... that are not in `taken`, for builds registered without a slug. */
export function nextBuildSlugs(taken: Iterable<string>, count: number): readonly string[] {
  const slugs = new Set(taken);
  const free: string[] = [];
  for (let number = 1; free.length < count; number += 1) {
    if (!slugs.has(String(number))) free.push(String(number));
  }
  return free;
}

/**
 * Returns the slug for an edition with `autoincrement`: one more than the greatest number among `slugs`, or `1`.
 * `slugs` holds those of all the product's editions, deprecated ones too. A number is digits only, of any size; LTD
 * Keeper 1.x also counts `2018_01` (as 201801) and `-3`.
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
