import pg from 'pg';

/** The statements that this process sends to one database. */
export interface RecordedStatements {
  /** Each text once, with the values that it was first sent with. */
  readonly statements: ReadonlyMap<string, readonly unknown[]>;
  /** Stops the recording. */
  readonly stop: () => void;
}

/**
 * Records every statement that reads or changes rows, of the whole process or of pools with one name, until it is
 * stopped. Of two recordings, the second must stop first.
 */
export function recordStatements(database: string, applicationName?: string): RecordedStatements {
  const statements = new Map<string, readonly unknown[]>();
  const { prototype } = pg.Client;
  // Called with `this` below, as the client itself would.
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const original = prototype.query as (this: pg.Client, ...args: unknown[]) => unknown;
  prototype.query = function query(this: pg.Client, ...args: unknown[]): unknown {
    const [config, values] = args;
    const text = typeof config === 'string' ? config : (config as { text?: string } | undefined)?.text;
    const isOurs = this.database === database && (applicationName ?? nameOf(this)) === nameOf(this);
    if (isOurs && text !== undefined && isAboutRows(text) && !statements.has(text))
      statements.set(text, valuesOf(config, values));
    return original.apply(this, args);
  } as typeof prototype.query;
  return {
    statements,
    stop: () => {
      prototype.query = original as typeof prototype.query;
    },
  };
}

/** The client's application name, which pg's types omit. */
function nameOf(client: pg.Client): string | undefined {
  const { connectionParameters } = client as unknown as {
    readonly connectionParameters: { readonly application_name?: string };
  };
  return connectionParameters.application_name;
}

function isAboutRows(text: string): boolean {
  return /^\s*(select|insert|update|delete|with)\b/i.test(text);
}

function valuesOf(config: unknown, values: unknown): readonly unknown[] {
  if (Array.isArray(values)) return values;
  const own = typeof config === 'string' ? undefined : (config as { values?: unknown[] }).values;
  return own ?? [];
}
