/** How a generation of an edition can end. */
export const rebuildOutcomes = ['published', 'superseded', 'failed', 'cancelled', 'reset'] as const;

/** How a generation ended. */
export type RebuildOutcome = (typeof rebuildOutcomes)[number];

/** The facts of an edition's row that decide whether a rebuild is needed. */
interface EditionState {
  /** A declared change is not settled: `generation > settled_generation`. */
  readonly pending: boolean;
  /** The bucket may hold anything but one complete build. */
  readonly dirty: boolean;
  /** The prefix of an earlier slug may still hold objects. */
  readonly vacating: boolean;
  /** The edition is deprecated and its objects must be deleted. */
  readonly deleting: boolean;
}

/** Whether `RebuildEdition` has work. */
export function needsWork({ pending, dirty, vacating, deleting }: EditionState): boolean {
  return pending || dirty || vacating || deleting;
}

/** The facts that decide which build the bucket should hold; builds by their ids, null for none. */
interface TargetFacts {
  readonly pending: boolean;
  readonly deleting: boolean;
  readonly declared: number | null;
  readonly published: number | null;
}

/**
 * Returns the build that the bucket should hold: the declared one while it is pending, else the published one (after a
 * cancel, a failure or a reset). Null means no objects: the rebuild removes all it finds.
 */
export function rebuildTarget({ pending, deleting, declared, published }: TargetFacts): number | null {
  if (pending) return declared;
  return deleting ? null : published;
}

/** What differs in an edition at rest: objects, or only their headers. */
export type DriftKind = 'objects' | 'headers';

/** How an edition differs from what was published. */
export interface Drift {
  readonly kind: DriftKind;
  /** The first differences, as text for operators. */
  readonly seen: string;
}
