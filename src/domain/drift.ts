/** What is wrong with an edition at rest: an object itself, or only the headers that it is served with. */
export type DriftKind = 'objects' | 'headers';

/** How an edition differs from what was published. */
export interface Drift {
  readonly kind: DriftKind;
  /** The first differences, for people. */
  readonly seen: string;
}
