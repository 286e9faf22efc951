/** How a generation of an edition can end. */
export const rebuildOutcomes = ['published', 'superseded', 'failed', 'cancelled', 'reset'] as const;

/** How a generation ended. */
export type RebuildOutcome = (typeof rebuildOutcomes)[number];

/** The facts of an edition's row that say whether there is anything to do. */
interface EditionState {
  /** A declared change has not ended yet: `generation > settled_generation`. */
  readonly pending: boolean;
  /** The bucket may hold something else than one whole build. */
  readonly dirty: boolean;
  /** The prefix of an earlier slug may still hold objects of it. */
  readonly vacating: boolean;
  /** The edition is deprecated and its objects are to be removed. */
  readonly deleting: boolean;
}

/** Whether `RebuildEdition` has anything to converge. */
export function needsWork({ pending, dirty, vacating, deleting }: EditionState): boolean {
  return pending || dirty || vacating || deleting;
}

/** What decides which build the bucket should end on; builds by their ids, null for none. */
interface TargetFacts {
  readonly pending: boolean;
  readonly deleting: boolean;
  readonly declared: number | null;
  readonly published: number | null;
}

/**
 * The build to make whole in the bucket: the declared one while that is pending; after a cancel, a failure or a reset
 * the one that was published before. Null is nothing at all: what was written of a build is removed again, and all of
 * an edition that is to be purged.
 */
export function rebuildTarget({ pending, deleting, declared, published }: TargetFacts): number | null {
  if (pending) return declared;
  return deleting ? null : published;
}

/** What is wrong with an edition at rest: an object itself, or only the headers that it is served with. */
export type DriftKind = 'objects' | 'headers';

/** How an edition differs from what was published. */
export interface Drift {
  readonly kind: DriftKind;
  /** The first differences, for people. */
  readonly seen: string;
}
