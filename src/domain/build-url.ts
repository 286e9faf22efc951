import { parseId } from './ids.js';

/** What a `build_url` in a request says: the build's id (which may not exist), or why it names none. */
export type BuildUrlReading =
  { readonly kind: 'build'; readonly id: number } | { readonly kind: 'invalid'; readonly message: string };

/** The addresses that can be read, as LTD Keeper routes them; a collection may lack its slash, which redirects. */
const routes: readonly RegExp[] = [
  /^\/$/,
  /^\/token$/,
  /^\/products\/?$/,
  /^\/products\/[^/]+$/,
  /^\/products\/[^/]+\/(?:builds|editions)\/?$/,
  /^\/products\/[^/]+\/dashboard$/,
  /^\/builds\/[0-9]+$/,
  /^\/editions\/[0-9]+$/,
  /^\/queue\/[^/]+$/,
];

/**
 * Reads a `build_url`: absolute, on the host and port of `baseUrl`, or a bare path such as `/builds/1`. As in LTD
 * Keeper the scheme does not matter (a proxy may end TLS) and a query is ignored. The messages are Keeper's:
 * `Invalid URL` for another host or a path that is no route, `Invalid build_url` for a route that is not a build's and
 * for an id that no build can have.
 */
export function readBuildUrl(url: string, baseUrl: string): BuildUrlReading {
  const path = pathOnHost(url, hostOf(baseUrl));
  if (path === undefined || !routes.some((route) => route.test(path))) return invalidUrl(url);
  const id = parseId(/^\/builds\/([0-9]+)$/.exec(path)?.[1] ?? '');
  return id === undefined ? { kind: 'invalid', message: invalidBuildUrlMessage(url) } : { kind: 'build', id };
}

/** LTD Keeper's message for a `build_url` that names no build of the edition's product. */
export function invalidBuildUrlMessage(url: string): string {
  return `Invalid build_url: ${url}`;
}

function invalidUrl(url: string): BuildUrlReading {
  return { kind: 'invalid', message: `Invalid URL: ${url}` };
}

/** The path of `url`, undefined where it is on another host than `host`. */
function pathOnHost(url: string, host: string | undefined): string | undefined {
  const [withoutQuery = ''] = url.split(/[?#]/, 1);
  const path = /^(?:https?:)?\/\/[^/]*(.*)$/is.exec(withoutQuery)?.[1];
  if (path !== undefined)
    return host !== undefined && hostOf(withoutQuery) === host ? path || '/' : undefined;
  // LTD Keeper finds a bare path with or without its first slash.
  return withoutQuery.startsWith('/') ? withoutQuery : `/${withoutQuery}`;
}

/**
 * Host and port, without the port that the scheme implies; undefined for what is no http address. Deliberately not
 * the URL class: that forgives white space, backslashes and dot segments, and two readers of one address must agree.
 */
function hostOf(url: string): string | undefined {
  const [, scheme, authority] = /^(https?):\/\/([^/?#]+)/i.exec(url) ?? [];
  if (scheme === undefined || authority === undefined) return undefined;
  return authority.toLowerCase().replace(scheme.toLowerCase() === 'https' ? /:443$/ : /:80$/, '');
}
