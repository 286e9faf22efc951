import pg from 'pg';

/** The order in which every transaction locks rows; the tables that are not in it are locked after these, or alone. */
const order: readonly string[] = ['products', 'builds', 'editions', 'rebuilds', 'tasks'];

/** A transaction that locked rows of a table after rows of one that comes later. */
export interface LockOrderBreach {
  readonly database: string;
  /** In words. */
  readonly what: string;
  /** The statements of the transaction so far that locked anything, the last of them out of order. */
  readonly statements: readonly string[];
}

/** What a transaction has locked so far. */
interface Locks {
  readonly tables: Set<string>;
  readonly statements: string[];
}

const breaches: LockOrderBreach[] = [];
const open = new WeakMap<pg.Client, Locks>();

watch();

// A root hook, run after the last test: one that fails after each test would end the run at the first breach.
after('transactions lock rows in one order', () => {
  if (breaches.length > 0) throw new Error(breaches.map(inWords).join('\n\n'));
});

/** The breaches that were seen in a database, which fail the run no more. */
export function takeLockOrderBreaches(database: string): readonly LockOrderBreach[] {
  const taken = breaches.filter((breach) => breach.database === database);
  breaches.splice(0, Infinity, ...breaches.filter((breach) => breach.database !== database));
  return taken;
}

/**
 * The tables of which a statement locks rows so that another transaction could have to wait. An insert is not among them:
 * nobody sees its row yet, and what it refers to is locked for its key alone.
 */
export function lockedTables(statement: string): readonly string[] {
  return scopes(statement).flatMap(lockedInScope);
}

/** Looks at every statement that this process sends to PostgreSQL, whoever sends it. */
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
  if (/^\s*(begin|start transaction)\b/i.test(statement))
    open.set(client, { tables: new Set(), statements: [] });
  else if (/^\s*(commit|rollback)\b(?!\s+to\b)/i.test(statement)) open.delete(client);
  // One statement outside a transaction locks in the order of its own plan.
  const locks = open.get(client);
  if (locks !== undefined) lock(client.database ?? '', locks, statement);
}

function lock(database: string, { tables, statements }: Locks, statement: string): void {
  const locked = lockedTables(statement);
  if (locked.length > 0) statements.push(statement);
  for (const table of locked) {
    const later = [...tables].find((held) => order.indexOf(held) > order.indexOf(table));
    // Rows that are held already may be written again.
    if (later !== undefined && !tables.has(table))
      breaches.push({ database, what: `${table} after ${later}`, statements: [...statements] });
    tables.add(table);
  }
}

/** The statement and its parts in parentheses, the innermost first, each without those within. */
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
  const clause =
    /\bfor\s+(?:no\s+key\s+)?(?:update|share)\b(?:\s+of\s+(?<of>"?\w+"?(?:\s*,\s*"?\w+"?)*))?/i.exec(scope);
  return [...written, ...(clause === null ? [] : lockedByClause(clause, scope))].filter((table) =>
    order.includes(table),
  );
}

/** PostgreSQL locks the rows of tables that are named after OF in the order of their names there. */
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
