import { Model } from 'objection';
import type { EditionEvent, EventOutcome } from '../../domain/edition-event.js';

/** A row of `edition_events`: the event of one publication, and its delivery. */
export class EditionEventRow extends Model {
  static override readonly tableName = 'edition_events';
  static override readonly jsonAttributes = ['payload'];

  /** A bigint as a string of digits. */
  declare id: string;
  declare edition_id: number;
  declare generation: number;
  declare payload: EditionEvent;
  declare created_at: Date;
  declare finished_at: Date | null;
  declare outcome: EventOutcome | null;
  declare error: string | null;
}
