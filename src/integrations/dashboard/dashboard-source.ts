import type { DashboardFacts } from '../../domain/dashboard/dashboard-facts.js';

/** Where the built-in dashboard learns what to show, and notes what it has done. */
export interface DashboardSource {
  /** The product as it is now. */
  load(productId: number): Promise<DashboardFacts>;
  /**
   * Notes what was written whole, and that the CDN keeps nothing before it; answers whether the note was still the one that
   * {@link load} had read.
   */
  recordDigest(productId: number, digest: DigestChange): Promise<boolean>;
}

/** What is noted of a dashboard that was written: its digest, and a name of its own for each time. */
export interface DigestChange {
  /** What the product had when it was loaded. */
  readonly from: string | null;
  readonly to: string;
}
