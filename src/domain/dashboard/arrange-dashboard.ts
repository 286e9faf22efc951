import { formatDate } from '../dates.js';
import { defaultEditionSlug } from '../published-urls.js';
import type { BuildFacts, DashboardFacts, EditionFacts } from './dashboard-facts.js';
import { compareReleases, isStable, parseRelease, type Release } from './release.js';

/** What the pages of a product show, in the order in which they show it. */
export interface Dashboard {
  readonly title: string;
  readonly slug: string;
  /** Where the source is; null where what was registered is no address that a browser opens. */
  readonly repository: string | null;
  /** The default edition. */
  readonly current: EditionEntry | null;
  /** The newest version first. */
  readonly releases: readonly EditionEntry[];
  /** What changed last comes first. */
  readonly drafts: readonly EditionEntry[];
  /** The newest first. */
  readonly builds: readonly BuildEntry[];
}

/** Where something is, below the product's own address: no slash at the beginning, one at the end unless it is empty. */
interface Link {
  readonly slug: string;
  readonly path: string;
}

/** An edition as it is listed. */
export interface EditionEntry {
  readonly slug: string;
  readonly title: string;
  /** Null while its first publication is under way: there is nothing to see yet. */
  readonly path: string | null;
  /** Of the build that readers see, else what the edition tracks. */
  readonly gitRefs: readonly string[];
  /** The build that readers see, where that is listed itself. */
  readonly build: Link | null;
  /** When readers last got another build; null before the first. */
  readonly updated: string | null;
  readonly isRebuilding: boolean;
  /** Whether it is a release that readers should use. */
  readonly isStable: boolean;
}

/** A build as it is listed. */
interface BuildEntry {
  readonly slug: string;
  /** Null while it has no files: there is nothing to see. */
  readonly path: string | null;
  readonly gitRefs: readonly string[];
  readonly created: string;
  /** The editions in which readers see it, by slug. */
  readonly shownBy: readonly Link[];
}

/**
 * Arranges what is known of a product for its pages. The work grows with the number of editions and builds and no
 * faster, but for the sorting. What was never published is listed only while its first publication is under way.
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

/** By code units: the same on every machine, whatever its language. */
function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/**
 * A text as the address of a page, if it is one that a browser opens and nothing else: a link to `javascript:` would
 * run as a part of the page. Null otherwise.
 */
export function webAddress(text: string): string | null {
  const trimmed = text.trim();
  return /^https?:\/\/[^\s/?#]+(?:[/?#]\S*)?$/i.test(trimmed) ? trimmed : null;
}
