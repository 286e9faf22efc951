import { cacheControl, surrogateControl } from '../edition-headers.js';
import type { ObjectHeaders } from '../object-headers.js';

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
