import { Model } from 'objection';
import type { RebuildOutcome } from '../../domain/edition-state.js';
import type { CopyCounts } from '../../domain/copy-counts.js';

/** A row of `rebuilds`: one generation of an edition, and its outcome. */
export class Rebuild extends Model {
  static override readonly tableName = 'rebuilds';
  static override readonly jsonAttributes = ['counts'];

  /** A bigint as a string of digits. */
  declare id: string;
  declare edition_id: number;
  declare generation: number;
  declare build_id: number;
  declare slug: string;
  declare requested_by: string;
  declare request_id: string | null;
  declare requested_at: Date;
  declare started_at: Date | null;
  declare finished_at: Date | null;
  declare outcome: RebuildOutcome | null;
  declare superseded_by: string | null;
  declare error: string | null;
  declare counts: CopyCounts | null;
  declare purge_due: number | null;
  declare dashboard_generation: number | null;
  declare only_moves: boolean;
}
