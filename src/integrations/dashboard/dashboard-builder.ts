/** The product whose dashboard is wanted. */
export interface DashboardSubject {
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
