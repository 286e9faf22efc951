import type {
  BuildFacts,
  DashboardFacts,
  DashboardProduct,
  EditionFacts,
} from '../../src/domain/dashboard/dashboard-facts.js';

/** A product's facts, changed by `overrides`. */
export function productFacts(overrides: Partial<DashboardProduct> = {}): DashboardProduct {
  return {
    slug: 'pipelines',
    title: 'LSST Science Pipelines',
    docRepo: 'https://github.com/lsst/pipelines_lsst_io',
    domain: 'pipelines.lsst.io',
    bucket: 'docs',
    surrogateKey: 'key-of-pipelines',
    digest: null,
    ...overrides,
  };
}

/** An edition that shows build 1. */
export function editionFacts(slug: string, overrides: Partial<EditionFacts> = {}): EditionFacts {
  return {
    slug,
    title: slug,
    publishedBuildId: 1,
    isRebuilding: false,
    trackedRefs: [slug],
    dateRebuilt: new Date('2026-11-24T02:26:11.5Z'),
    ...overrides,
  };
}

/** A build whose slug is its id. */
export function buildFacts(id: number, overrides: Partial<BuildFacts> = {}): BuildFacts {
  return {
    id,
    slug: String(id),
    gitRefs: ['main'],
    dateCreated: new Date(Date.UTC(2026, 0, 1) + id * 60_000),
    isEmpty: false,
    ...overrides,
  };
}

/** A product with as many editions as builds, a quarter of the editions releases. */
export function largeFacts(count: number): DashboardFacts {
  const builds = Array.from({ length: count }, (_, index) =>
    buildFacts(index + 1, { gitRefs: [`tickets/DM-${index}`] }),
  );
  const editions = Array.from({ length: count }, (_, index) => {
    // In no order, so that sorting is tested.
    const place = (index * 7919) % count;
    return editionFacts(place % 4 === 0 ? `v${place}.${place % 7}` : `DM-${place}`, {
      publishedBuildId: place + 1,
      dateRebuilt: new Date(Date.UTC(2026, 0, 1) + place * 3_600_000),
    });
  });
  return { product: productFacts(), editions: [editionFacts('main'), ...editions], builds };
}
