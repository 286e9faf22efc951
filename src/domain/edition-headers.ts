import type { ObjectAcl } from './object-acl.js';
import type { ObjectHeaders } from './object-headers.js';

/** How long the CDN may keep an object that only a purge of its surrogate key replaces: a year, in seconds. */
const surrogateControl = 'max-age=31536000';

/** Readers ask again each time, so that they see an update at once; the CDN answers them. */
const cacheControl = 'no-cache';

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

/** What an edition puts in the place of whatever its builds say. */
const replaced: ReadonlySet<string> = new Set(['cache-control', 'surrogate-key', 'surrogate-control']);

/** Whether an edition would show two objects of its builds with the same headers. */
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
 * Names everything beside a build that decides what is served at an edition's prefix: the headers that the edition sets,
 * the ACL and the place. Objects written under equal policies from equal sources are equal; a change of a header here
 * makes another policy by itself.
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

/** The headers of a page of a product's dashboard, which only a purge of the product's surrogate key replaces. */
export function dashboardPageHeaders(contentType: string, surrogateKey: string): ObjectHeaders {
  return {
    system: { 'content-type': contentType, 'cache-control': cacheControl },
    metadata: { 'surrogate-key': surrogateKey, 'surrogate-control': surrogateControl },
  };
}

/** The headers of the empty object that redirects a dashboard's address to its folder. LTD Dasher writes the same. */
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
