import type { ObjectHeaders } from './object-headers.js';

/**
 * The passes of a copy, in order: assets, the pages that refer to them, redirects to pages, the root page. In this
 * order no published object leads to one that is missing.
 */
export const copyPasses = ['assets', 'pages', 'redirects', 'root'] as const;

/** One of {@link copyPasses}. */
export type CopyPass = (typeof copyPasses)[number];

/** The pass that publishes an object of a build. */
export function copyPassOf({ key, headers }: { readonly key: string; readonly headers: ObjectHeaders }): CopyPass {
  if (key === rootPage) return 'root';
  if (leadsElsewhere(headers)) return 'redirects';
  return isPage(key) ? 'pages' : 'assets';
}

/** S3's website endpoint, or the CDN for the object beside a folder, answers such an object with a redirect. */
function leadsElsewhere({ system, metadata }: ObjectHeaders): boolean {
  return system['x-amz-website-redirect-location'] !== undefined || metadata['dir-redirect'] === 'true';
}

/** The key, within the site, of the page at the site's own address. */
const rootPage = 'index.html';

/**
 * Whether a key names an HTML page. Pages refer to the other objects: they are published last and removed first.
 */
export function isPage(key: string): boolean {
  return /\.(?:html?|xhtml)$/i.test(key);
}
