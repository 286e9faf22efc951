import { Model } from 'objection';
import type { EditionEvent, EventOutcome } from '../../domain/edition-event.js';

/** A row of `edition_events`: what the world is to be told of one publication, as it was when it became true. */
export class EditionEventRow extends Model {
  static override readonly tableName = 'edition_events';
  static override readonly jsonAttributes = ['payload'];

  /** A bigint, which JavaScript numbers cannot hold: a string of digits. */
  declare id: string;
  declare edition_id: number;
  declare generation: number;
  declare payload: EditionEvent;
  declare created_at: Date;
  declare finished_at: Date | null;
  declare outcome: EventOutcome | null;
  /** For a person: why the receiver would not have it, so far or for good. */
  declare error: string | null;
}
