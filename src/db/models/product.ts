import { Model } from 'objection';

/** A row of `products`. The migration describes its columns. */
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
  declare base_url: string;
  declare dashboard_generation: number;
  declare dashboard_attempted_generation: number;
  declare dashboard_built_generation: number;
  declare dashboard_error: string | null;
  declare dashboard_result: 'built' | 'skipped' | null;
  declare dashboard_digest: string | null;
  declare domain_record: 'wanted' | 'registered' | null;
  declare domain_record_error: string | null;
  declare domain_record_failures: number;
  declare domain_record_after: Date | null;
  declare purge_due: number;
  declare purge_done: number;
  declare purge_since: Date | null;
  declare purge_failures: number;
  declare purge_after: Date | null;
  declare purge_error: string | null;
  declare date_created: Date;
}
