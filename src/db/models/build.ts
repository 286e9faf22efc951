import { Model } from 'objection';

/** A row of `builds`. The migration describes its columns. */
export class Build extends Model {
  static override readonly tableName = 'builds';
  static override readonly jsonAttributes = ['git_refs'];

  declare id: number;
  declare product_id: number;
  declare slug: string;
  declare git_refs: string[];
  declare github_requester: string | null;
  declare surrogate_key: string;
  declare uploaded: boolean;
  declare date_created: Date;
  declare date_uploaded: Date | null;
  declare date_ended: Date | null;
  declare abandoned_at: Date | null;
  declare upload_look_at: Date | null;
  declare deletion_started_at: Date | null;
  declare objects_deleted_at: Date | null;
}
