import type { DashboardFacts } from '../../domain/dashboard/dashboard-facts.js';

/** Where the built-in dashboard learns what to show, and notes what it has done. */
export interface DashboardSource {
  /** The product as it is now. */
  load(productId: number): Promise<DashboardFacts>;
  /** Notes that the dashboard with this digest is written whole, and that the CDN keeps none before it. */
  recordDigest(productId: number, digest: string): Promise<void>;
}
