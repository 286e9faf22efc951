import { createHash } from 'node:crypto';
import type { Dashboard } from '../../domain/dashboard/arrange-dashboard.js';
import type { DashboardProduct } from '../../domain/dashboard/dashboard-facts.js';
import { dashboardPageHeaders, dashboardRedirectHeaders } from '../../domain/edition-headers.js';
import { versionSwitcher } from '../../domain/dashboard/version-switcher.js';
import type { ObjectAcl } from '../../domain/object-acl.js';
import type { ObjectHeaders } from '../../domain/object-headers.js';
import type { HeadObject } from '../object-store/object-store.js';
import type { RenderDashboard } from './dashboard-pages.js';

/** How objects are written, as configured. */
export interface DashboardPlacement {
  /** Null writes no ACL. */
  readonly acl: ObjectAcl | null;
  /** Whether empty objects redirect `/v` and `/builds` to their folders. */
  readonly directoryRedirects: boolean;
}

/** One object of a dashboard. */
export interface DashboardObject {
  readonly key: string;
  readonly body: Buffer;
  readonly headers: ObjectHeaders;
}

const html = 'text/html; charset=utf-8';
const json = 'application/json';

/** The objects of a product's dashboard, the pages before what redirects to them. */
export function dashboardObjects(
  { product, dashboard }: { readonly product: DashboardProduct; readonly dashboard: Dashboard },
  render: RenderDashboard,
  { directoryRedirects }: DashboardPlacement,
): readonly DashboardObject[] {
  const { slug, domain, surrogateKey } = product;
  const page = (path: string, type: string, text: string): DashboardObject => ({
    key: `${slug}/${path}`,
    body: Buffer.from(text),
    headers: dashboardPageHeaders(type, surrogateKey),
  });
  const redirect = (path: string): DashboardObject => ({
    key: `${slug}/${path}`,
    body: Buffer.alloc(0),
    headers: dashboardRedirectHeaders(surrogateKey),
  });
  const { editions, builds } = render(dashboard);
  return [
    page('v/index.html', html, editions),
    page('builds/index.html', html, builds),
    page('v/switcher.json', json, `${JSON.stringify(versionSwitcher(dashboard, domain), undefined, 2)}\n`),
    ...(directoryRedirects ? [redirect('v'), redirect('builds')] : []),
  ];
}

/** Whether an object is there only to lead to a page. */
export function isRedirect({ body }: DashboardObject): boolean {
  return body.length === 0;
}

/** Tells two dashboards apart by everything that is written of them, also what the store would not show. */
export function digestOf(
  objects: readonly DashboardObject[],
  { bucket, acl }: { readonly bucket: string; readonly acl: ObjectAcl | null },
): string {
  const parts = objects.map(({ key, body, headers }) => [key, hash('sha256', body), headers]);
  return hash('sha256', JSON.stringify([bucket, acl, parts]));
}

/** Whether the store holds this object, as far as it shows: where its ETag is no digest, size and headers must do. */
export function isThere({ body, headers }: DashboardObject, found: HeadObject | null): boolean {
  if (found?.size !== body.length) return false;
  const sameContent = !found.isEtagDigest || found.etag === hash('md5', body);
  // A store adds a type of its own where none was given; what was given must be as it was.
  return (
    sameContent && contains(found.headers.system, headers.system) && contains(found.headers.metadata, headers.metadata)
  );
}

type Texts = Readonly<Partial<Record<string, string>>>;

function contains(found: Texts, wanted: Texts): boolean {
  return Object.entries(wanted).every(([name, value]) => found[name] === value);
}

function hash(algorithm: 'md5' | 'sha256', content: string | Buffer): string {
  return createHash(algorithm).update(content).digest('hex');
}
