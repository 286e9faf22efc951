/** A table of a rendered schema. */
interface Table {
  /** Definitions by name. */
  readonly columns: Map<string, string>;
  readonly constraints: Map<string, string>;
  readonly uniqueIndexes: Map<string, string>;
}

/**
 * Describes the changes from schema `before` to `after` that could break code for `before`; empty if `after` only adds
 * to it. Both are results of `renderSchema`.
 */
export function contractions(before: string, after: string): readonly string[] {
  const now = tablesOf(after);
  return [...tablesOf(before)].flatMap(([name, table]) => {
    const changed = now.get(name);
    return changed === undefined ? [`table ${name} is gone`] : ofTable(name, table, changed);
  });
}

function ofTable(name: string, before: Table, after: Table): readonly string[] {
  return [
    ...[...before.columns].flatMap(([column, definition]) =>
      ofColumn(`column ${name}.${column}`, definition, after.columns.get(column)),
    ),
    ...[...after.columns]
      .filter(([column, definition]) => !before.columns.has(column) && mustBeGiven(definition))
      .map(([column]) => `column ${name}.${column} is new and must be given a value`),
    ...ofRules(`constraint of ${name}`, before.constraints, after.constraints),
    ...ofRules(`unique index of ${name}`, before.uniqueIndexes, after.uniqueIndexes),
  ];
}

function ofColumn(what: string, before: string, after: string | undefined): readonly string[] {
  if (after === undefined) return [`${what} is gone`];
  const complaints: string[] = [];
  if (typeOf(before) !== typeOf(after)) complaints.push(`${what} was ${typeOf(before)}, is ${typeOf(after)}`);
  if (generationOf(before) !== generationOf(after)) complaints.push(`${what} is generated in another way`);
  if (!isRequired(before) && isRequired(after)) complaints.push(`${what} became NOT NULL`);
  if (!mustBeGiven(before) && isRequired(before) && mustBeGiven(after)) complaints.push(`${what} has lost its default`);
  return complaints;
}

/** A new rule may refuse what old code writes, and old code may name a dropped one in `ON CONFLICT`. */
function ofRules(
  what: string,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  const added = [...after].filter(([name, rule]) => before.get(name) !== rule);
  const gone = [...before].filter(([name, rule]) => !after.has(name) && /\bUNIQUE\b|PRIMARY KEY/.test(rule));
  return [
    ...added.map(([name]) => `${what}: ${name} is new or another`),
    ...gone.map(([name]) => `${what}: ${name} is gone`),
  ];
}

function isRequired(definition: string): boolean {
  return definition.endsWith(' NOT NULL');
}

function mustBeGiven(definition: string): boolean {
  return isRequired(definition) && !/ (DEFAULT|GENERATED) /.test(definition);
}

function typeOf(definition: string): string {
  return definition.replace(/ (GENERATED|DEFAULT|NOT NULL)\b.*$/, '');
}

function generationOf(definition: string): string | undefined {
  return / (GENERATED .*?)(?: NOT NULL)?$/.exec(definition)?.[1];
}

function tablesOf(schema: string): ReadonlyMap<string, Table> {
  const tables = new Map<string, Table>();
  let current: Table | undefined;
  for (const line of schema.split('\n')) {
    const [, table] = /^CREATE TABLE (\S+) \($/.exec(line) ?? [];
    if (table !== undefined) {
      current = { columns: new Map(), constraints: new Map(), uniqueIndexes: new Map() };
      tables.set(table, current);
    }
    const [, part] = /^ {2}(.*?),?$/.exec(line) ?? [];
    if (part?.startsWith('CONSTRAINT ') === true) note(current?.constraints, part.slice('CONSTRAINT '.length));
    else if (part !== undefined) note(current?.columns, part);
    const [, index] = /^CREATE UNIQUE INDEX (.*);$/.exec(line) ?? [];
    if (index !== undefined) note(current?.uniqueIndexes, index.replace(' ', ' UNIQUE '));
  }
  return tables;
}

/** `name definition`. */
function note(into: Map<string, string> | undefined, text: string): void {
  const [, name = '', definition = ''] = /^(\S+) (.*)$/.exec(text) ?? [];
  into?.set(name, definition);
}
