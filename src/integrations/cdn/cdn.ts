/** The CDN in front of the bucket. */
export interface Cdn {
  /**
   * Drops everything that the CDN keeps under a surrogate key. Resolves when the CDN has confirmed it; may be repeated.
   *
   * @throws {LtdError} `cdn_unavailable` (worth another try) or `cdn_rejected`; the signal's reason when it aborts.
   */
  purge(surrogateKey: string, options?: { readonly signal?: AbortSignal }): Promise<void>;
}
