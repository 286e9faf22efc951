import { Model } from 'objection';

/** A row of `builds`. */
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
  /** When its upload was given up for dead, which is final. */
  declare abandoned_at: Date | null;
  /** When to look next whether the upload is still alive; null before the first time. */
  declare upload_look_at: Date | null;
  /** The latest begin of the removal of its objects, which is final. */
  declare deletion_started_at: Date | null;
  declare objects_deleted_at: Date | null;
}
