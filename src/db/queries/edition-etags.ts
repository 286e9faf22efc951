import type { Knex } from 'knex';
import type { CopiedEtags } from '../../copy-engine/copied-etags.js';
import type { CopiedEtag } from '../../domain/copy-decision.js';

interface EtagRow {
  readonly edition_id: number;
  readonly key: Buffer;
  readonly source_etag: string;
  readonly etag: string;
}

const pageSize = 1_000;

/** Yields the stored ETags of the keys after `after` (null: all), in pages, in UTF-8 byte order. */
export async function* editionEtags(
  knex: Knex,
  editionId: number,
  after: string | null,
): AsyncGenerator<readonly CopiedEtag[], void, undefined> {
  let last: Buffer | null = after === null ? null : Buffer.from(after);
  do {
    const query = knex<EtagRow>('edition_etags').where({ edition_id: editionId });
    if (last !== null) void query.where('key', '>', last);
    const rows: readonly EtagRow[] = await query.orderBy('key').limit(pageSize).select('*');
    yield rows.map(({ key, source_etag: sourceEtag, etag }) => ({ key: key.toString(), sourceEtag, etag }));
    last = rows.length < pageSize ? null : (rows.at(-1)?.key ?? null);
  } while (last !== null);
}

/** Stores ETags of copies in one statement and replaces existing entries. The keys must be distinct. */
export async function rememberEtags(knex: Knex, editionId: number, copied: readonly CopiedEtag[]): Promise<void> {
  await knex.raw(
    `INSERT INTO edition_etags (edition_id, key, source_etag, etag)
     SELECT ?, copied.* FROM unnest(?::bytea[], ?::text[], ?::text[]) AS copied
     ON CONFLICT (edition_id, key) DO UPDATE SET source_etag = excluded.source_etag, etag = excluded.etag`,
    [
      editionId,
      copied.map(({ key }) => Buffer.from(key)),
      copied.map(({ sourceEtag }) => sourceEtag),
      copied.map(({ etag }) => etag),
    ],
  );
}

/** Deletes the entries of removed objects. */
export async function forgetEtags(knex: Knex, editionId: number, keys: readonly string[]): Promise<void> {
  await knex.raw('DELETE FROM edition_etags WHERE edition_id = ? AND key = ANY (?::bytea[])', [
    editionId,
    keys.map((key) => Buffer.from(key)),
  ]);
}

/** Gives the engine the stored ETags of an edition. */
export function copiedEtags(knex: Knex, editionId: number): CopiedEtags {
  return {
    read: (after) => editionEtags(knex, editionId, after),
    remember: (copied) => rememberEtags(knex, editionId, copied),
    forget: (keys) => forgetEtags(knex, editionId, keys),
  };
}
