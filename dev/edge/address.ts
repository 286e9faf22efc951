/** The objects that answer a reader's request. */
export interface Address {
  readonly product: string;
  readonly key: string;
  /** Key of the site's own page for a missing page. */
  readonly notFoundKey: string;
}

const defaultEdition = 'main';

/**
 * Resolves an address. The first label of the host is the product; `/v/<edition>/…` and `/builds/<build>/…` are
 * editions and builds, `/v/` and `/builds/` their dashboards, and other paths the default edition. A path that ends in
 * `/` means its `index.html`. Nothing is normalised, so `..` cannot leave a prefix. @param host The `Host` header.
 * @param path The path of the request, percent-encoded, without the query. @returns undefined for a host without a
 * product. @throws {URIError} when the path is not valid percent-encoding.
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
 * `pipelines.localhost:8601` and `pipelines.example.org` name the product `pipelines`; `localhost` and `127.0.0.1`
 * none.
 */
function productOf(host: string): string | undefined {
  const name = host.toLowerCase().replace(/:\d+$/, '');
  if (/^[\d.]+$/.test(name) || name.startsWith('[')) return undefined;
  const [label = '', ...rest] = name.split('.');
  return label === '' || rest.length === 0 ? undefined : label;
}
