import { Model } from 'objection';

/** A row of `tasks`: an accepted request. Its id is in `queue_url`; a finished task holds its answer. */
export class Task extends Model {
  static override readonly tableName = 'tasks';
  static override readonly jsonAttributes = ['metadata'];

  declare id: string;
  declare product_id: number;
  declare dashboard_generation: number;
  declare notices: string[];
  declare created_at: Date;
  declare finished_at: Date | null;
  declare status: 'SUCCESS' | 'FAILURE' | 'REVOKED' | null;
  declare metadata: Record<string, unknown> | null;
}
