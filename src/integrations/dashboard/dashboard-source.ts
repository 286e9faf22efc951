import type { DashboardFacts } from '../../domain/dashboard/dashboard-facts.js';

/** Where the built-in dashboard learns what to show, and notes what it has done. */
export interface DashboardSource {
  /** The product as it is now. */
  load(productId: number): Promise<DashboardFacts>;
  /**
   * Takes the note away before the first write, and makes a purge due, in one step. Answers whether the note was still
   * the one that {@link load} had read. An attempt that dies leaves no note, so the next one writes everything.
   */
  beginWriting(productId: number, from: string | null): Promise<boolean>;
  /** Notes what was written whole. Answers whether the note was still the one that is given as `from`. */
  recordDigest(productId: number, digest: DigestChange): Promise<boolean>;
}

/** What is noted of a dashboard that was written: its digest, and a name of its own for each time. */
export interface DigestChange {
  /** What the product had when it was loaded; null after `beginWriting`. */
  readonly from: string | null;
  readonly to: string;
  /** Whether one more purge is due. @default false */
  readonly purgeDue?: boolean;
}
