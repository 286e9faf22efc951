import { Model } from 'objection';

/** A row of `tasks`: an accepted request, whose id is the one in `queue_url`. */
export class Task extends Model {
  static override readonly tableName = 'tasks';
  static override readonly jsonAttributes = ['metadata'];

  declare id: string;
  declare product_id: number;
  declare dashboard_generation: number;
  /** What the request told its client beside the answer. */
  declare notices: string[];
  declare created_at: Date;
  /** Null while the task runs; then `status` and `metadata` hold its answer for ever. */
  declare finished_at: Date | null;
  declare status: 'SUCCESS' | 'FAILURE' | 'REVOKED' | null;
  declare metadata: Record<string, unknown> | null;
}
