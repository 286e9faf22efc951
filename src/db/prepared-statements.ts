import { createHash } from 'node:crypto';
import pg from 'pg';

/**
 * Makes a hook for knex's `pool.afterCreate` that prepares the statements which one pool sends again and again:
 * PostgreSQL takes longer to parse and plan a statement than to execute it (docs/performance.md).
 */
export function preparesStatements(): (
  connection: pg.Client,
  done: (error: unknown, connection: pg.Client) => void,
) => void {
  const nameOf = statementNames();
  return (connection, done) => {
    const prepared = (statement: unknown, ...others: readonly unknown[]): unknown =>
      query.call(
        connection,
        isPlain(statement) ? { ...statement, name: nameOf(statement.text) } : statement,
        ...others,
      );
    connection.query = prepared as typeof connection.query; // takes and returns what query does
    done(null, connection);
  };
}

/** Reads the method at each call, because the tests' recorder replaces it. */
function query(this: pg.Client, ...call: readonly unknown[]): unknown {
  return (pg.Client.prototype.query as (...call: unknown[]) => unknown).apply(this, [...call]);
}

/** A statement without values needs fewer messages if it is not prepared. */
function isPlain(statement: unknown): statement is pg.QueryConfig & { readonly values: unknown[] } {
  if (typeof statement !== 'object' || statement === null || !('values' in statement)) return false;
  return Array.isArray(statement.values) && statement.values.length > 0;
}

/** When {@link statementNames} prepares a text, and how many texts it keeps. */
export interface StatementLimits {
  /** Prepares a text that was sent more often than this. A text that is sent once would only cost memory. */
  readonly threshold: number;
  /** The longest text in characters. A longer one holds a list, whose length differs the next time. */
  readonly length: number;
  /** The most prepared texts. Each takes some tens of kilobytes in the server process of every connection. */
  readonly prepared: number;
  /** The most counted texts. Beyond them the count starts again. */
  readonly counted: number;
}

const usual: StatementLimits = { threshold: 5, length: 4_000, prepared: 200, counted: 1_000 };

/**
 * `*` means the columns of the moment in which the statement is prepared. Once a migration adds a column, PostgreSQL
 * refuses the statement ("cached plan must not change result type"), so the service never prepares such a text.
 */
const ofAllColumns = /(?:[.,)]|\b(?:select|distinct|returning))\s*\*\s*(?:,|\)|;|$|\bfrom\b)/i;

/**
 * Returns the name under which to prepare a text, or undefined for a text that PostgreSQL plans each time. The name
 * derives from the text, so two processes that share a session of a pooler never mean different texts by one name.
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
