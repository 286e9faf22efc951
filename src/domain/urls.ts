/**
 * The absolute addresses of the API's resources. `baseUrl` is the scheme and authority by which the API is reached,
 * such as `https://keeper.example.org`; a slash at its end does not matter. Collections end in a slash, items do not.
 */

/** The API's root. */
export function rootUrl(baseUrl: string): string {
  return absolute(baseUrl, '/');
}

/** The pages that document the API. */
export function documentationUrl(baseUrl: string): string {
  return absolute(baseUrl, '/docs');
}

/** Where tokens are given out. */
export function tokenUrl(baseUrl: string): string {
  return absolute(baseUrl, '/token');
}

/** The collection of products. */
export function productsUrl(baseUrl: string): string {
  return absolute(baseUrl, '/products/');
}

/** One product. */
export function productUrl(baseUrl: string, productSlug: string): string {
  return absolute(baseUrl, `/products/${productSlug}`);
}

/** The builds of a product. */
export function buildsUrl(baseUrl: string, productSlug: string): string {
  return absolute(baseUrl, `/products/${productSlug}/builds/`);
}

/** The editions of a product. */
export function editionsUrl(baseUrl: string, productSlug: string): string {
  return absolute(baseUrl, `/products/${productSlug}/editions/`);
}

/** One build. */
export function buildUrl(baseUrl: string, buildId: number): string {
  return absolute(baseUrl, `/builds/${buildId}`);
}

/** A build as logs and pages name it: by its slug, which readers see, and the path of its id in the API. */
export function nameBuild(build: { readonly id: number; readonly slug: string }): string {
  return `build ${build.slug} (/builds/${build.id})`;
}

/** One edition. */
export function editionUrl(baseUrl: string, editionId: number): string {
  return absolute(baseUrl, `/editions/${editionId}`);
}

/** The status of a task: `queue_url` in responses. */
export function taskUrl(baseUrl: string, taskId: string): string {
  return absolute(baseUrl, `/queue/${taskId}`);
}

function absolute(baseUrl: string, path: string): string {
  return `${baseUrl.replace(/\/$/, '')}${path}`;
}

/** PostgreSQL: the greatest `integer`, which is what ids are. */
const greatestId = 2_147_483_647;

/**
 * The id that a path's segment spells: decimal digits, from 1 to {@link greatestId}. Undefined for anything else, so
 * that no such text ever reaches the database. Leading zeros count for nothing, as in LTD Keeper.
 */
export function parseId(text: string): number | undefined {
  if (!/^[0-9]+$/.test(text)) return undefined;
  const id = Number(text);
  return id >= 1 && id <= greatestId ? id : undefined;
}

/** What a `build_url` in a request says: the build's id (which may not exist), or why it names none. */
type BuildUrlReading =
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
