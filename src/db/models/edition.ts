import { Model } from 'objection';
import type { TrackingMode } from '../../domain/tracking/tracking.js';

/** What the attempts of a plan have recorded in the edition's row. */
export type RecordedPhase = 'copied' | 'verified';

/** A row of `editions`. ARCHITECTURE.md says what each column of the protocol means. */
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
  /** The newest build that automatic tracking ever declared; a rollback by hand does not lower it. */
  declare tracked_build_id: number | null;
  /** One more with every accepted change of declared build or slug, and every forced rebuild. */
  declare generation: number;
  /** The last generation that ended. */
  declare settled_generation: number;
  /** Generated: `generation > settled_generation`. */
  declare readonly pending_rebuild: boolean;

  /** What the bucket holds, whole and verified. */
  declare published_build_id: number | null;
  declare published_slug: string | null;
  /** From the first write to the bucket until a build is whole there again. */
  declare dirty: boolean;
  /** Its objects are to be removed; only of a deprecated edition. */
  declare deleting: boolean;
  /** When nothing was left of them; null again once the edition is revived. */
  declare objects_deleted_at: Date | null;

  /** Token of the plan under way. */
  declare plan_id: string | null;
  declare plan_generation: number | null;
  declare phase: RecordedPhase | null;
  /** Token of the attempt that holds the writer lease; null after its release. */
  declare writer_id: string | null;
  declare writer_seen_at: Date | null;
  /** Builds that any plan since the last clean publication may have written. */
  declare tried_builds: number[];
  /** Under which policy those and the published build wrote all that is at the prefix; null where that is not known. */
  declare headers_policy: string | null;
  /** The policy of the copy that `phase` is about. */
  declare copied_policy: string | null;

  declare nudged_generation: number;
  declare restore_failures: number;
  declare restore_after: Date | null;
  declare audited_at: Date | null;

  /** A purge of the CDN is owed while `purge_done < purge_due`: `src/db/protocol/owed-purges.ts`. */
  declare purge_due: number;
  declare purge_done: number;
  declare purge_since: Date | null;
  declare purge_failures: number;
  /** After a failure: not tried again by itself before this. */
  declare purge_after: Date | null;
  declare purge_error: string | null;
}
