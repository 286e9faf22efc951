import assert from 'node:assert/strict';
import { contractions } from '../../../scripts/schema/contractions.js';

const columns = [
  'id integer GENERATED ALWAYS AS IDENTITY NOT NULL',
  'slug text NOT NULL',
  'size bigint DEFAULT 0 NOT NULL',
  'note text',
];
const constraints = ['CONSTRAINT things_pkey PRIMARY KEY (id)', 'CONSTRAINT things_size_check CHECK (size >= 0)'];

function schema(parts: readonly string[], indexes: readonly string[] = []): string {
  return ['CREATE TABLE things (', parts.map((part) => `  ${part}`).join(',\n'), ');', ...indexes].join('\n');
}

const before = schema([...columns, ...constraints], ['CREATE UNIQUE INDEX things_slug ON things USING btree (slug);']);

/** The schema with one of its lines replaced or removed. */
function changed(line: string, by = ''): string {
  assert.ok(before.includes(line), line);
  return before.replace(by === '' ? new RegExp(`(^  )?${line.replaceAll(/[()*.]/g, '\\$&')},?\n?`, 'm') : line, by);
}

describe('contractions', () => {
  for (const [what, after] of [
    ['the same', before],
    ['another table', `${before}\n\nCREATE TABLE more (\n  id integer NOT NULL\n);`],
    ['a nullable column', changed('note text', 'note text,\n  more text')],
    ['a column with a default', changed('note text', 'note text,\n  more integer DEFAULT 1 NOT NULL')],
    ['a column that is not required any more', changed('slug text NOT NULL', 'slug text')],
    ['another default', changed('DEFAULT 0', 'DEFAULT 1')],
    ['an index', `${before}\nCREATE INDEX things_note ON things USING btree (note);`],
    ['a removed check', changed('CONSTRAINT things_size_check CHECK (size >= 0)')],
  ] as const)
    it(`accepts a migration with ${what}`, () => {
      assert.deepEqual(contractions(before, after), []);
    });

  for (const [complaint, after] of [
    ['table things is gone', ''],
    ['column things.note is gone', changed('note text')],
    ['column things.note was text, is bytea', changed('note text', 'note bytea')],
    ['column things.note became NOT NULL', changed('note text', 'note text NOT NULL')],
    ['column things.size has lost its default', changed(' DEFAULT 0 NOT', ' NOT')],
    ['column things.more is new and must be given a value', changed('note text', 'note text,\n  more text NOT NULL')],
    [
      'column things.note is generated in another way',
      changed('note text', 'note text GENERATED ALWAYS AS (slug) STORED'),
    ],
    ['constraint of things: things_size_check is new or another', changed('size >= 0', 'size > 0')],
    ['constraint of things: things_pkey is gone', changed('CONSTRAINT things_pkey PRIMARY KEY (id)')],
    [
      'unique index of things: things_note is new or another',
      `${before}\nCREATE UNIQUE INDEX things_note ON things USING btree (note);`,
    ],
    [
      'unique index of things: things_slug is gone',
      changed('CREATE UNIQUE INDEX things_slug ON things USING btree (slug);'),
    ],
  ] as const)
    it(`reports a contraction: ${complaint}`, () => {
      assert.deepEqual(contractions(before, after), [complaint]);
    });
});
