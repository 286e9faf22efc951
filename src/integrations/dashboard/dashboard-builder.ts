import type { DashboardFacts } from '../../domain/dashboard/dashboard-facts.js';

/** The product whose dashboard is wanted. */
interface DashboardSubject {
  readonly productId: number;
  /** Its absolute URL in the API, by which a service of its own reads it. */
  readonly productUrl: string;
}

/** Whoever renders the pages that list a product's editions and builds. */
export interface DashboardBuilder {
  /**
   * Builds a product's dashboard again, or asks somebody to. `built` when it is as new as the product or that was
   * accepted, `skipped` when nobody builds dashboards here. May be repeated.
   *
   * @throws {LtdError} `dashboard_failed`; the signal's reason when it aborts: then it sends nothing more.
   */
  build(product: DashboardSubject, signal: AbortSignal): Promise<'built' | 'skipped'>;
}

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
interface DigestChange {
  /** What the product had when it was loaded; null after `beginWriting`. */
  readonly from: string | null;
  readonly to: string;
  /** Whether one more purge is due. @default false */
  readonly purgeDue?: boolean;
}
