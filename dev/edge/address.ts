/** What a reader asked for, as the object store knows it. */
export interface Address {
  readonly product: string;
  /** Key of the object. */
  readonly key: string;
  /** Key of the page that the site has for what is not there. */
  readonly notFoundKey: string;
}

const defaultEdition = 'main';

/**
 * The object at an address. The first label of the host is the product; `/v/<edition>/…` and `/builds/<build>/…` are
 * editions and builds, `/v/` and `/builds/` their dashboards, and all else is the default edition. A path that ends in
 * `/` means its `index.html`. Keys are flat: nothing is normalised, so `..` reaches nowhere.
 *
 * @param host The `Host` header.
 * @param path The path of the request, still percent-encoded, without the query.
 * @returns undefined for a host without a product.
 * @throws {URIError} when the path is not well encoded.
 */
export function resolveAddress(host: string, path: string): Address | undefined {
  const product = productOf(host);
  if (product === undefined) return undefined;
  const decoded = decodeURIComponent(path);
  const relative = belowProduct(decoded.slice(1));
  const [, site = ''] = /^\/((?:v|builds)\/[^/]+)/.exec(decoded) ?? [];
  return {
    product,
    key: `${product}/${relative}`,
    notFoundKey: `${product}/${site === '' ? `v/${defaultEdition}` : site}/404.html`,
  };
}

function belowProduct(path: string): string {
  const page = path === '' || path.endsWith('/') ? `${path}index.html` : path;
  return /^(?:v|builds)(?:\/|$)/.test(page) ? page : `v/${defaultEdition}/${page}`;
}

/**
 * `pipelines.localhost:8601` and `pipelines.example.org` are the product `pipelines`; `localhost` and `127.0.0.1` none.
 */
function productOf(host: string): string | undefined {
  const name = host.toLowerCase().replace(/:\d+$/, '');
  if (/^[\d.]+$/.test(name) || name.startsWith('[')) return undefined;
  const [label = '', ...rest] = name.split('.');
  return label === '' || rest.length === 0 ? undefined : label;
}
