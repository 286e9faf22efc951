import type { ObjectHeaders } from './object-headers.js';

/** How long the CDN may keep an object that only a purge of its surrogate key replaces: a year, in seconds. */
export const surrogateControl = 'max-age=31536000';

/** Readers ask again each time, so that they see an update at once; the CDN answers them. */
export const cacheControl = 'no-cache';

/**
 * The headers of a build's object where an edition shows it: its own (type, encoding, language, disposition, expiry,
 * website redirect, user metadata) with the edition's surrogate key and cache policy in place of the build's.
 */
export function editionHeaders(
  source: ObjectHeaders,
  edition: { readonly surrogateKey: string },
): ObjectHeaders {
  return {
    system: { ...source.system, 'cache-control': cacheControl },
    metadata: {
      ...source.metadata,
      'surrogate-key': edition.surrogateKey,
      'surrogate-control': surrogateControl,
    },
  };
}

/**
 * The headers of the empty object at an edition's prefix without its slash. The CDN's configuration answers a request
 * for it with a redirect to the address with the slash. It has nothing else, as in Keeper.
 */
export const directoryRedirectHeaders: ObjectHeaders = {
  system: { 'cache-control': cacheControl },
  metadata: { 'dir-redirect': 'true' },
};

/** Whether an object is already the redirect that it should be, whatever type the store gave it by default. */
export function isDirectoryRedirect(found: {
  readonly size: number;
  readonly headers: ObjectHeaders;
}): boolean {
  const { metadata, system } = found.headers;
  return (
    found.size === 0 &&
    system['cache-control'] === cacheControl &&
    metadata['dir-redirect'] === 'true' &&
    Object.keys(metadata).length === 1
  );
}
