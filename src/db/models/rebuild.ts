import { Model } from 'objection';
import type { RebuildOutcome } from '../../domain/edition-state.js';
import type { CopyCounts } from '../../domain/copy-counts.js';

/** A row of `rebuilds`: what became of one generation of one edition. */
export class Rebuild extends Model {
  static override readonly tableName = 'rebuilds';
  static override readonly jsonAttributes = ['counts'];

  /** A bigint, which JavaScript numbers cannot hold: a string of digits. */
  declare id: string;
  declare edition_id: number;
  declare generation: number;
  declare build_id: number;
  declare slug: string;
  /** The user, or what in the service, asked for it. */
  declare requested_by: string;
  /** Of the HTTP request that asked for it; null where none did. */
  declare request_id: string | null;
  declare requested_at: Date;
  declare started_at: Date | null;
  declare finished_at: Date | null;
  declare outcome: RebuildOutcome | null;
  declare superseded_by: string | null;
  declare error: string | null;
  declare counts: CopyCounts | null;
  /** The edition's `purge_due` when this was published before the CDN had confirmed its purge; null otherwise. */
  declare purge_due: number | null;
  declare dashboard_generation: number | null;
  /** It only gave the edition another slug. */
  declare only_moves: boolean;
}
