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
