/**
 * Columns of a table as a statement selects them: by name and never as `*`, so that it can be prepared
 * (`statement-names.ts`) and reads no more than is used.
 */
export function selectList(table: string, columns: readonly string[]): string {
  return columns.map((column) => `${table}.${column}`).join(', ');
}
