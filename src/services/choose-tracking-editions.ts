import type { Knex } from 'knex';
import type { Build } from '../db/models/build.js';
import { gitRefsOfBuilds } from '../db/queries/builds.js';
import { editionsThatMayTrack, type TrackingEdition } from '../db/queries/editions.js';
import { shouldTrack, trackedBuildAfter, type TrackingFacts } from '../domain/tracking/tracking.js';
import type { TrackedBuild } from '../domain/tracking/tracking-rules.js';

/** An edition that tracks a build. */
export interface EditionToDeclare {
  readonly editionId: number;
  /** The edition's new high-water mark. */
  readonly trackedBuildId: number;
}

/** The editions that track an uploaded build. */
export interface TrackingEditions {
  /** In the order of their ids. */
  readonly editions: readonly EditionToDeclare[];
  /** Slugs of deprecated editions whose modes match the build. */
  readonly deprecated: readonly string[];
}

/**
 * Returns the editions that track a build. The caller holds the product's lock, so modes, refs, declared builds and
 * high-water marks do not change.
 *
 * @param defaultRefs - the names of the default branch.
 */
export async function chooseTrackingEditions(
  trx: Knex.Transaction,
  build: Pick<Build, 'id' | 'product_id' | 'git_refs'>,
  defaultRefs: readonly string[],
): Promise<TrackingEditions> {
  const editions = await editionsThatMayTrack(trx, build.product_id, build.git_refs);
  const builds = await knownBuilds(trx, editions);
  const toDeclare: EditionToDeclare[] = [];
  const deprecated: string[] = [];
  for (const edition of editions) {
    const facts: TrackingFacts = {
      candidate: { id: build.id, gitRefs: build.git_refs },
      declared: builds(edition.build_id),
      tracked: builds(edition.tracked_build_id),
      trackedRefs: edition.tracked_refs,
      defaultRefs,
      deprecated: false,
    };
    if (!shouldTrack(edition.mode, facts)) continue;
    if (edition.date_ended !== null) deprecated.push(edition.slug);
    else toDeclare.push({ editionId: edition.id, trackedBuildId: trackedBuildAfter(edition.mode, facts) });
  }
  return { editions: toDeclare, deprecated };
}

/** Looks up the builds that editions declare and have tracked. */
async function knownBuilds(
  trx: Knex.Transaction,
  editions: readonly TrackingEdition[],
): Promise<(id: number | null) => TrackedBuild | null> {
  const ids = editions.flatMap((edition) => [edition.build_id, edition.tracked_build_id]);
  const refs = await gitRefsOfBuilds(trx, [...new Set(ids.filter((id) => id !== null))]);
  return (id) => {
    const gitRefs = id === null ? undefined : refs.get(id);
    return id === null || gitRefs === undefined ? null : { id, gitRefs };
  };
}
