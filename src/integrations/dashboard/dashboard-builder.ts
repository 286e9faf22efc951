/** Whoever renders the pages that list a product's editions and builds. */
export interface DashboardBuilder {
  /**
   * Asks for a product's dashboard to be built again. `built` when that was accepted, `skipped` when nobody builds
   * dashboards here. May be repeated.
   *
   * @param productUrl The product's absolute URL in the API, which the builder reads.
   * @throws {KeeperError} `dashboard_failed`; the signal's reason when it aborts.
   */
  build(productUrl: string, options?: { readonly signal?: AbortSignal }): Promise<'built' | 'skipped'>;
}
