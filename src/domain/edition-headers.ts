import type { ObjectAcl } from './object-acl.js';
import type { ObjectHeaders } from './object-headers.js';

/** The CDN may cache an object for a year, in seconds: a purge of its surrogate key replaces it. */
const surrogateControl = 'max-age=31536000';

/** Browsers revalidate each time, so readers see an update at once; the CDN answers. */
const cacheControl = 'no-cache';

/**
 * Returns the headers of a build's object in an edition: its own headers and metadata, with the edition's surrogate key
 * and cache policy.
 */
export function editionHeaders(source: ObjectHeaders, edition: { readonly surrogateKey: string }): ObjectHeaders {
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
 * The headers of the empty object at an edition's prefix without its slash, as in LTD Keeper 1.x. The CDN answers a
 * request for it with a redirect to the address with the slash.
 */
export const directoryRedirectHeaders: ObjectHeaders = {
  system: { 'cache-control': cacheControl },
  metadata: { 'dir-redirect': 'true' },
};

/** The headers that an edition replaces. */
const replaced: ReadonlySet<string> = new Set(['cache-control', 'surrogate-key', 'surrogate-control']);

/** Whether two objects have the same headers once an edition has replaced its own. */
export function sameOnceShown(a: ObjectHeaders, b: ObjectHeaders): boolean {
  return a === b || (sameButReplaced(a.system, b.system) && sameButReplaced(a.metadata, b.metadata));
}

function sameButReplaced(
  a: Readonly<Partial<Record<string, string>>>,
  b: Readonly<Partial<Record<string, string>>>,
): boolean {
  for (const name in a) if (a[name] !== b[name] && !replaced.has(name)) return false;
  for (const name in b) if (!(name in a) && !replaced.has(name)) return false;
  return true;
}

/**
 * Returns a text that identifies everything but the build that decides what an edition serves: the edition's headers,
 * the ACL, bucket and prefix. Equal policies and equal sources make equal objects.
 */
export function headersPolicy(edition: {
  readonly surrogateKey: string;
  readonly acl: ObjectAcl | null;
  readonly bucket: string;
  readonly prefix: string;
}): string {
  const set = editionHeaders({ system: {}, metadata: {} }, edition);
  return JSON.stringify([edition.bucket, edition.prefix, edition.acl, set, directoryRedirectHeaders]);
}

/** Returns the headers of a dashboard page. A purge of the product's surrogate key replaces it in the CDN. */
export function dashboardPageHeaders(contentType: string, surrogateKey: string): ObjectHeaders {
  return {
    system: { 'content-type': contentType, 'cache-control': cacheControl },
    metadata: { 'surrogate-key': surrogateKey, 'surrogate-control': surrogateControl },
  };
}

/** Returns the headers of the empty object that redirects a dashboard's address to its folder, as LTD Dasher does. */
export function dashboardRedirectHeaders(surrogateKey: string): ObjectHeaders {
  return {
    system: { 'cache-control': cacheControl },
    metadata: {
      'surrogate-key': surrogateKey,
      'surrogate-control': surrogateControl,
      'dir-redirect': 'true',
    },
  };
}
