import { Model } from 'objection';
import type { TrackingMode } from '../../domain/tracking/tracking.js';

/** The last step that an attempt of the plan recorded. */
export type RecordedPhase = 'copied' | 'verified';

/** A row of `editions`. The migration describes its columns, ARCHITECTURE.md the protocol. */
export class Edition extends Model {
  static override readonly tableName = 'editions';
  static override readonly jsonAttributes = ['tracked_refs'];

  declare id: number;
  declare product_id: number;
  declare slug: string;
  declare title: string;
  declare mode: TrackingMode;
  declare tracked_refs: string[] | null;
  declare surrogate_key: string;
  declare base_url: string;
  declare date_created: Date;
  declare date_rebuilt: Date;
  declare date_ended: Date | null;
  /** The declared build. */
  declare build_id: number | null;
  /** The newest build that tracking declared. A rollback by hand does not lower it. */
  declare tracked_build_id: number | null;
  declare generation: number;
  declare settled_generation: number;
  /** Generated: `generation > settled_generation`. */
  declare readonly pending_rebuild: boolean;
  declare published_build_id: number | null;
  declare published_slug: string | null;
  /** From the first write to the bucket until a whole build is there again. */
  declare dirty: boolean;
  declare deleting: boolean;
  declare objects_deleted_at: Date | null;
  declare plan_id: string | null;
  declare plan_generation: number | null;
  declare phase: RecordedPhase | null;
  /** The token of the attempt that holds the writer lease. */
  declare writer_id: string | null;
  declare writer_seen_at: Date | null;
  /** Builds that a plan since the last publication may have written. */
  declare tried_builds: number[];
  declare headers_policy: string | null;
  declare may_hold_objects: boolean;
  declare copied_policy: string | null;
  declare nudged_generation: number;
  declare restore_failures: number;
  declare restore_after: Date | null;
  declare audited_at: Date | null;
  declare purge_due: number;
  declare purge_done: number;
  declare purge_since: Date | null;
  declare purge_failures: number;
  declare purge_after: Date | null;
  declare purge_error: string | null;
}
