import { arrangeDashboard } from '../src/domain/dashboard/arrange-dashboard.js';
import type { DashboardFacts } from '../src/domain/dashboard/dashboard-facts.js';
import { dashboardObjects, digestOf } from '../src/integrations/dashboard/dashboard-objects.js';
import { createDashboardPages } from '../src/integrations/dashboard/dashboard-pages.js';

/** The measurements of one dashboard size. */
export interface DashboardMeasurement {
  /** The number of editions, and of builds. */
  readonly items: number;
  /** Milliseconds of each run, from rows to objects with digests, without reading and writing. */
  readonly runs: readonly number[];
  /** Bytes of both pages and the switcher. */
  readonly bytes: number;
}

/** Sizes of products: usual, large, and the largest with a target. */
export const dashboardSizes = [100, 1_000, 10_000] as const;

const runs = 5;

/** Renders dashboards of several sizes. */
export function measureDashboards(sizes: readonly number[] = dashboardSizes): readonly DashboardMeasurement[] {
  return sizes.map((items) => {
    const facts = factsOf(items);
    const results = Array.from({ length: runs }, () => renderOnce(facts));
    return { items, runs: results.map(({ time }) => time), bytes: results[0]?.bytes ?? 0 };
  });
}

/** Reads and compiles the templates first, as a new worker does. */
function renderOnce(facts: DashboardFacts): { readonly time: number; readonly bytes: number } {
  const placement = { acl: null, directoryRedirects: true } as const;
  const start = performance.now();
  const dashboard = arrangeDashboard(facts);
  const objects = dashboardObjects({ product: facts.product, dashboard }, createDashboardPages(), placement);
  digestOf(objects, { bucket: facts.product.bucket, acl: placement.acl });
  const time = performance.now() - start;
  return { time, bytes: objects.reduce((sum, { body }) => sum + body.length, 0) };
}

/** A product with this many editions and builds; a quarter of the editions are releases. */
function factsOf(count: number): DashboardFacts {
  const items = Array.from({ length: count }, (_, index) => (index * 7_919) % count);
  const moment = (place: number): Date => new Date(Date.UTC(2026, 0, 1) + place * 60_000);
  return {
    product: {
      slug: 'bench',
      title: 'Bench',
      docRepo: 'https://example.org/bench.git',
      domain: 'bench.localhost',
      bucket: 'docs',
      surrogateKey: 'key',
      digest: null,
    },
    editions: items.map((place) => {
      const slug = place % 4 === 0 ? `v${place}.${place % 7}` : `DM-${place}`;
      return {
        slug,
        title: slug,
        publishedBuildId: place,
        isRebuilding: place % 100 === 0,
        trackedRefs: [slug],
        dateRebuilt: moment(place),
      };
    }),
    builds: items.map((place) => ({
      id: place,
      slug: String(place),
      gitRefs: [`tickets/DM-${place}`],
      dateCreated: moment(place),
      isEmpty: false,
    })),
  };
}
