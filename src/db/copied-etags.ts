import type { Knex } from 'knex';
import type { CopiedEtags } from '../copy-engine/copied-etags.js';
import { editionEtags, forgetEtags, rememberEtags } from './queries/edition-etags.js';

/** The engine's memory of what copies to an edition were answered, kept in the database. */
export function copiedEtags(knex: Knex, editionId: number): CopiedEtags {
  return {
    read: (after) => editionEtags(knex, editionId, after),
    remember: (copied) => rememberEtags(knex, editionId, copied),
    forget: (keys) => forgetEtags(knex, editionId, keys),
  };
}
