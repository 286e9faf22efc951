import { createHash } from 'node:crypto';

/** What a text has to show before it is prepared, and how much is kept in mind. */
export interface StatementLimits {
  /** So many times a text is sent before it is prepared: what is sent once would only cost memory. */
  readonly threshold: number;
  /** Characters of a text: what is longer has a list in it, of another length the next time. */
  readonly length: number;
  /** Of the texts that are prepared: each takes some tens of kilobytes of every connection's server process. */
  readonly prepared: number;
  /** Of the texts that are counted. Where there are more of them, the counting begins anew. */
  readonly counted: number;
}

const usual: StatementLimits = { threshold: 5, length: 4_000, prepared: 200, counted: 1_000 };

/**
 * `*` is what the table's columns are when the statement is prepared: PostgreSQL refuses it once a migration has added
 * one ("cached plan must not change result type"), so such a text is never prepared.
 */
const ofAllColumns = /(?:[.,)]|\b(?:select|distinct|returning))\s*\*\s*(?:,|\)|;|$|\bfrom\b)/i;

/**
 * The names by which statements are prepared, by their texts; undefined for one that is to be planned each time. A name
 * is made of its text, so that two processes whose statements meet in one session of a pooler never mean another text.
 */
export function statementNames(limits: StatementLimits = usual): (text: string) => string | undefined {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  return (text) => {
    const name = names.get(text);
    if (name !== undefined || names.size >= limits.prepared || text.length > limits.length) return name;
    if (ofAllColumns.test(text)) return undefined;
    const count = (counts.get(text) ?? 0) + 1;
    if (count > limits.threshold) return prepare(text);
    if (counts.size >= limits.counted) counts.clear();
    counts.set(text, count);
    return undefined;
  };

  function prepare(text: string): string {
    const name = `ltd_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
    counts.delete(text);
    names.set(text, name);
    return name;
  }
}
