import type { ObjectHeaders } from './object-headers.js';

/**
 * What a copy goes through, in order, so that readers never meet what leads to something that is not there yet: what
 * pages refer to, pages, what redirects to pages, the root page.
 */
export const copyPasses = ['assets', 'pages', 'redirects', 'root'] as const;

/** One of {@link copyPasses}. */
export type CopyPass = (typeof copyPasses)[number];

/** The pass that publishes an object of a build. */
export function copyPassOf({
  key,
  headers,
}: {
  readonly key: string;
  readonly headers: ObjectHeaders;
}): CopyPass {
  if (key === rootPage) return 'root';
  if (leadsElsewhere(headers)) return 'redirects';
  return isPage(key) ? 'pages' : 'assets';
}

/** Answered with another address, by S3's website endpoint or by the CDN (the object beside a folder). */
function leadsElsewhere({ system, metadata }: ObjectHeaders): boolean {
  return system['x-amz-website-redirect-location'] !== undefined || metadata['dir-redirect'] === 'true';
}

/** The page at a site's own address, by its key within the site. */
const rootPage = 'index.html';

/**
 * Whether a key is that of an HTML page. Pages refer to the other objects, so they are published after them and
 * removed before them.
 */
export function isPage(key: string): boolean {
  return /\.(?:html?|xhtml)$/i.test(key);
}
