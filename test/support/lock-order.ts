import pg from 'pg';

/** The order in which every transaction locks rows; other tables are locked after these, or alone. */
const order: readonly string[] = ['products', 'builds', 'editions', 'rebuilds', 'tasks'];

/** A transaction that locked rows of a table after rows of a later one. */
export interface LockOrderBreach {
  readonly database: string;
  /** A description of the breach. */
  readonly what: string;
  /** The locking statements of the transaction so far; the last one is out of order. */
  readonly statements: readonly string[];
}

/** The locks of a transaction so far. */
interface Locks {
  readonly tables: Set<string>;
  readonly statements: string[];
}

const breaches: LockOrderBreach[] = [];
const open = new WeakMap<pg.Client, Locks>();

watch();

// A root hook after the last test: a failing hook after each test would end the run at the first breach.
after('transactions lock rows in one order', () => {
  if (breaches.length > 0) throw new Error(breaches.map(inWords).join('\n\n'));
});

/** Returns the breaches in a database, which then do not fail the run any more. */
export function takeLockOrderBreaches(database: string): readonly LockOrderBreach[] {
  const taken = breaches.filter((breach) => breach.database === database);
  breaches.splice(0, Infinity, ...breaches.filter((breach) => breach.database !== database));
  return taken;
}

/**
 * The tables whose rows a statement locks so that another transaction might wait. Not those of an insert: its row is
 * not visible yet, and the rows that it refers to are locked for their key alone.
 */
export function lockedTables(statement: string): readonly string[] {
  return scopes(statement).flatMap(lockedInScope);
}

/** Inspects every statement that this process sends to PostgreSQL. */
function watch(): void {
  const { prototype } = pg.Client;
  // Called with `this` below, as the client itself would.
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const original = prototype.query as (this: pg.Client, ...args: unknown[]) => unknown;
  prototype.query = function query(this: pg.Client, ...args: unknown[]): unknown {
    const [config] = args;
    const text = typeof config === 'string' ? config : (config as { text?: string } | undefined)?.text;
    if (text !== undefined) note(this, text);
    return original.apply(this, args);
  } as typeof prototype.query;
}

function note(client: pg.Client, statement: string): void {
  if (/^\s*(begin|start transaction)\b/i.test(statement)) open.set(client, { tables: new Set(), statements: [] });
  else if (/^\s*(commit|rollback)\b(?!\s+to\b)/i.test(statement)) open.delete(client);
  // A single statement outside a transaction locks in the order of its own plan.
  const locks = open.get(client);
  if (locks !== undefined) lock(client.database ?? '', locks, statement);
}

function lock(database: string, { tables, statements }: Locks, statement: string): void {
  const locked = lockedTables(statement);
  if (locked.length > 0) statements.push(statement);
  for (const table of locked) {
    const later = [...tables].find((held) => order.indexOf(held) > order.indexOf(table));
    // Rows that are locked already may be written again.
    if (later !== undefined && !tables.has(table))
      breaches.push({ database, what: `${table} after ${later}`, statements: [...statements] });
    tables.add(table);
  }
}

/** The statement and its parts in parentheses, the innermost first, each without its own parts. */
function scopes(statement: string): readonly string[] {
  const found: string[] = [];
  let rest = statement;
  for (let inner = /\(([^()]*)\)/.exec(rest); inner !== null; inner = /\(([^()]*)\)/.exec(rest)) {
    found.push(inner[1] ?? '');
    rest = `${rest.slice(0, inner.index)} ${rest.slice(inner.index + inner[0].length)}`;
  }
  return [...found, rest];
}

function lockedInScope(scope: string): readonly string[] {
  const written = namesAfter(/\b(?:update|delete\s+from)\s+"?(\w+)/gi, scope);
  const clause = /\bfor\s+(?:no\s+key\s+)?(?:update|share)\b(?:\s+of\s+(?<of>"?\w+"?(?:\s*,\s*"?\w+"?)*))?/i.exec(
    scope,
  );
  return [...written, ...(clause === null ? [] : lockedByClause(clause, scope))].filter((table) =>
    order.includes(table),
  );
}

/** PostgreSQL locks the tables after OF in the order of their names there. */
function lockedByClause({ groups }: RegExpExecArray, scope: string): readonly string[] {
  const of = groups?.['of'];
  if (of === undefined) return namesAfter(/\b(?:from|join)\s+"?(\w+)/gi, scope);
  return namesAfter(/"?(\w+)/g, of);
}

function namesAfter(pattern: RegExp, text: string): readonly string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name);
}

function inWords({ what, statements }: LockOrderBreach): string {
  return `A transaction locked ${what}:\n  ${statements.join('\n  ')}`;
}
