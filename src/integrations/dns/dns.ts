import type { DomainRecord } from '../../domain/domain-record.js';

/** The name service that leads readers to the CDN. */
export interface Dns {
  /**
   * Makes the record's name an alias (CNAME) of its target, in the first of its zones that exists. Resolves when the
   * service has taken it; may be repeated.
   *
   * @throws {LtdError} `dns_unavailable` (worth another try); `dns_zone_missing`, `dns_access_denied` or
   *   `dns_rejected`; the signal's reason when it aborts.
   */
  register(record: DomainRecord, options?: { readonly signal?: AbortSignal }): Promise<void>;
}

/** Looks at the name service without changing anything. */
export interface DnsInspection {
  /**
   * Resolves where the record could be registered: one of its zones exists, and its records may be changed.
   *
   * @throws {LtdError} as {@link Dns.register} would; the signal's reason when it aborts.
   */
  check(record: DomainRecord, options?: { readonly signal?: AbortSignal }): Promise<void>;
}
