/** PostgreSQL: the greatest `integer`, which is what ids are. */
export const greatestId = 2_147_483_647;

/**
 * The id that a path's segment spells: decimal digits, from 1 to {@link greatestId}. Undefined for anything else, so
 * that no such text ever reaches the database. Leading zeros count for nothing, as in LTD Keeper.
 */
export function parseId(text: string): number | undefined {
  if (!/^[0-9]+$/.test(text)) return undefined;
  const id = Number(text);
  return id >= 1 && id <= greatestId ? id : undefined;
}
