/**
 * The absolute addresses of the API's resources. `baseUrl` is the API's scheme and authority, such as
 * `https://keeper.example.org`, with or without a slash at the end. Addresses of collections end in a slash.
 */

/** The API's root. */
export function rootUrl(baseUrl: string): string {
  return absolute(baseUrl, '/');
}

/** The pages that document the API. */
export function documentationUrl(baseUrl: string): string {
  return absolute(baseUrl, '/docs');
}

/** The address that issues tokens. */
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

/** Returns a build's name for logs and pages: its slug, which readers see, and its path in the API. */
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

/** The greatest `integer` of PostgreSQL, the type of ids. */
const greatestId = 2_147_483_647;

/**
 * Parses an id from a path segment: decimal digits, from 1 to {@link greatestId}; undefined for any other text, which
 * thus never reaches the database. Leading zeros are allowed, as in LTD Keeper 1.x.
 */
export function parseId(text: string): number | undefined {
  if (!/^[0-9]+$/.test(text)) return undefined;
  const id = Number(text);
  return id >= 1 && id <= greatestId ? id : undefined;
}

/** The result of reading a `build_url`: the id of a build (which may not exist), or a message. */
type BuildUrlReading =
  { readonly kind: 'build'; readonly id: number } | { readonly kind: 'invalid'; readonly message: string };

/** The routes of LTD Keeper 1.x. A collection may lack its slash, since LTD Keeper 1.x redirects it. */
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
 * Keeper 1.x, scheme (a proxy may end TLS) and query are ignored. The messages are LTD Keeper 1.x's, too: `Invalid URL`
 * for another host or an unknown route, `Invalid build_url` for another resource or an impossible id.
 */
export function readBuildUrl(url: string, baseUrl: string): BuildUrlReading {
  const path = pathOnHost(url, hostOf(baseUrl));
  if (path === undefined || !routes.some((route) => route.test(path))) return invalidUrl(url);
  const id = parseId(/^\/builds\/([0-9]+)$/.exec(path)?.[1] ?? '');
  return id === undefined ? { kind: 'invalid', message: invalidBuildUrlMessage(url) } : { kind: 'build', id };
}

/** Returns LTD Keeper 1.x's message for a `build_url` that names no build of the edition's product. */
export function invalidBuildUrlMessage(url: string): string {
  return `Invalid build_url: ${url}`;
}

function invalidUrl(url: string): BuildUrlReading {
  return { kind: 'invalid', message: `Invalid URL: ${url}` };
}

/** The path of `url`; undefined if the url is on another host. */
function pathOnHost(url: string, host: string | undefined): string | undefined {
  const [withoutQuery = ''] = url.split(/[?#]/, 1);
  const path = /^(?:https?:)?\/\/[^/]*(.*)$/is.exec(withoutQuery)?.[1];
  if (path !== undefined) return host !== undefined && hostOf(withoutQuery) === host ? path || '/' : undefined;
  // LTD Keeper 1.x accepts a bare path with or without its first slash.
  return withoutQuery.startsWith('/') ? withoutQuery : `/${withoutQuery}`;
}

/**
 * Returns host and port, without the scheme's default port; undefined if `url` is not an http address. The URL class is
 * not used: it accepts white space, backslashes and dot segments, which other parsers read differently.
 */
function hostOf(url: string): string | undefined {
  const [, scheme, authority] = /^(https?):\/\/([^/?#]+)/i.exec(url) ?? [];
  if (scheme === undefined || authority === undefined) return undefined;
  return authority.toLowerCase().replace(scheme.toLowerCase() === 'https' ? /:443$/ : /:80$/, '');
}
