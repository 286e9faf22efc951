import { formatDate } from '../dates.js';
import { defaultEditionSlug } from '../published-urls.js';
import type { BuildFacts, DashboardFacts, EditionFacts } from './dashboard-facts.js';
import { compareReleases, isStable, parseRelease, type Release } from './release.js';

/** The content of a product's dashboard pages, in display order. */
export interface Dashboard {
  readonly title: string;
  readonly slug: string;
  /** The address of the source repository; null if the registered text is not a web address. */
  readonly repository: string | null;
  /** The default edition. */
  readonly current: EditionEntry | null;
  /** Newest version first. */
  readonly releases: readonly EditionEntry[];
  /** Last updated first. */
  readonly drafts: readonly EditionEntry[];
  /** Newest first. */
  readonly builds: readonly BuildEntry[];
}

/** A link relative to the product's address: no slash at the start, one at the end unless the path is empty. */
interface Link {
  readonly slug: string;
  readonly path: string;
}

/** An edition in a list. */
export interface EditionEntry {
  readonly slug: string;
  readonly title: string;
  /** Null until the first publication ends. */
  readonly path: string | null;
  /** The refs of the published build, or the tracked refs before the first publication. */
  readonly gitRefs: readonly string[];
  /** The published build; null if the dashboard does not list it. */
  readonly build: Link | null;
  /** The date of the last publication; null before the first. */
  readonly updated: string | null;
  readonly isRebuilding: boolean;
  /** Whether the edition is a release without a pre-release stage. */
  readonly isStable: boolean;
}

/** A build in a list. */
interface BuildEntry {
  readonly slug: string;
  /** Null if the build has no files. */
  readonly path: string | null;
  readonly gitRefs: readonly string[];
  readonly created: string;
  /** The editions that publish the build, ordered by slug. */
  readonly shownBy: readonly Link[];
}

/**
 * Arranges the facts of a product for its pages, in linear time apart from sorting. An edition that was never published
 * is listed only during its first publication.
 */
export function arrangeDashboard({ product, editions, builds }: DashboardFacts): Dashboard {
  const buildsById = new Map(builds.map((build) => [build.id, build]));
  const listed = editions
    .filter(({ publishedBuildId, isRebuilding }) => publishedBuildId !== null || isRebuilding)
    .map((facts) => arrangeEdition(facts, buildsById));
  return {
    title: product.title.trim() === '' ? product.slug : product.title,
    slug: product.slug,
    repository: webAddress(product.docRepo),
    current: listed.find(({ entry }) => entry.slug === defaultEditionSlug)?.entry ?? null,
    releases: listed.filter(isRelease).sort(newestVersionFirst).map(entryOf),
    drafts: listed.filter(isDraft).sort(latestFirst).map(entryOf),
    builds: arrangeBuilds(builds, listed),
  };
}

interface Arranged {
  readonly entry: EditionEntry;
  readonly facts: EditionFacts;
  readonly release: Release | undefined;
}

type ArrangedRelease = Arranged & { readonly release: Release };

function arrangeEdition(facts: EditionFacts, builds: ReadonlyMap<number, BuildFacts>): Arranged {
  const { slug, publishedBuildId, isRebuilding } = facts;
  const release = slug === defaultEditionSlug ? undefined : parseRelease(slug);
  const isPublished = publishedBuildId !== null;
  const build = isPublished ? builds.get(publishedBuildId) : undefined;
  const entry: EditionEntry = {
    slug,
    title: facts.title.trim() === '' ? slug : facts.title,
    path: isPublished ? editionPath(slug) : null,
    gitRefs: build?.gitRefs ?? facts.trackedRefs,
    build: build === undefined ? null : { slug: build.slug, path: buildPath(build.slug) },
    updated: isPublished ? formatDate(facts.dateRebuilt) : null,
    isRebuilding,
    isStable: release !== undefined && isStable(release),
  };
  return { entry, facts, release };
}

function arrangeBuilds(builds: readonly BuildFacts[], editions: readonly Arranged[]): BuildEntry[] {
  const shownBy = new Map<number, Link[]>();
  for (const { entry, facts } of editions) {
    const { slug, path } = entry;
    if (facts.publishedBuildId === null || path === null) continue;
    const links = shownBy.get(facts.publishedBuildId) ?? [];
    links.push({ slug, path });
    shownBy.set(facts.publishedBuildId, links);
  }
  return builds
    .toSorted((one, other) => other.id - one.id)
    .map(({ id, slug, gitRefs, dateCreated, isEmpty }) => ({
      slug,
      path: isEmpty ? null : buildPath(slug),
      gitRefs,
      created: formatDate(dateCreated),
      shownBy: (shownBy.get(id) ?? []).sort((one, other) => compareTexts(one.slug, other.slug)),
    }));
}

function isRelease(edition: Arranged): edition is ArrangedRelease {
  return edition.release !== undefined;
}

function isDraft({ entry, release }: Arranged): boolean {
  return release === undefined && entry.slug !== defaultEditionSlug;
}

function newestVersionFirst(one: ArrangedRelease, other: ArrangedRelease): number {
  return compareReleases(one.release, other.release) || compareTexts(one.entry.slug, other.entry.slug);
}

function latestFirst(one: Arranged, other: Arranged): number {
  const later = other.facts.dateRebuilt.getTime() - one.facts.dateRebuilt.getTime();
  return later || compareTexts(one.entry.slug, other.entry.slug);
}

function entryOf({ entry }: Arranged): EditionEntry {
  return entry;
}

/** The default edition is published at the product's own address. */
function editionPath(slug: string): string {
  return slug === defaultEditionSlug ? '' : `v/${slug}/`;
}

function buildPath(slug: string): string {
  return `builds/${slug}/`;
}

/** Compares by code units, so the order does not depend on the machine's locale. */
function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/**
 * Returns the trimmed text if it is an http or https address, otherwise null. A link to `javascript:` would run as part
 * of the page.
 */
export function webAddress(text: string): string | null {
  const trimmed = text.trim();
  return /^https?:\/\/[^\s/?#]+(?:[/?#]\S*)?$/i.test(trimmed) ? trimmed : null;
}
