import { Model } from 'objection';

/** A row of `products`. */
export class Product extends Model {
  static override readonly tableName = 'products';

  declare id: number;
  declare slug: string;
  declare doc_repo: string;
  declare title: string;
  declare root_domain: string;
  declare root_fastly_domain: string;
  declare bucket_name: string;
  declare surrogate_key: string;
  /** The base URL by which the latest writing request came. */
  declare base_url: string;
  declare dashboard_generation: number;
  declare dashboard_attempted_generation: number;
  declare dashboard_built_generation: number;
  /** Why the last attempt at the dashboard failed; null once one succeeded. */
  declare dashboard_error: string | null;
  declare dashboard_result: 'built' | 'skipped' | null;
  /** Of the built-in dashboard that was last written whole; null before the first, and while one is written. */
  declare dashboard_digest: string | null;
  /** Of the record that leads its domain to the CDN; null where nobody asked for one. */
  declare domain_record: 'wanted' | 'registered' | null;
  /** Why it could not be registered; null once it is. */
  declare domain_record_error: string | null;
  declare domain_record_failures: number;
  /** After a failure for good: not tried again before this. */
  declare domain_record_after: Date | null;
  /** Of the dashboard's objects, as an edition has them of its own. */
  declare purge_due: number;
  declare purge_done: number;
  declare purge_since: Date | null;
  declare purge_failures: number;
  declare purge_after: Date | null;
  declare purge_error: string | null;
  declare date_created: Date;
}
