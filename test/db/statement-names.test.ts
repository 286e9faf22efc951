import assert from 'node:assert/strict';
import { statementNames } from '../../src/db/prepared-statements.js';

const limits = { threshold: 2, length: 1_000, prepared: 2, counted: 3 };

describe('statementNames', () => {
  const sent = (nameOf: (text: string) => string | undefined, text: string, times: number) =>
    Array.from({ length: times }, () => nameOf(text));

  it('names a text once it was sent often enough, and keeps the name', () => {
    const [first, second, third, fourth] = sent(statementNames(limits), 'select 1', 4);
    assert.deepEqual([first, second], [undefined, undefined]);
    assert.match(third ?? '', /^ltd_[0-9a-f]{32}$/);
    assert.equal(fourth, third);
  });

  it('derives a name from the text alone, so that it means the same in every process', () => {
    const [here, there] = [statementNames(limits), statementNames(limits)];
    sent(there, 'select 2', 3);
    const texts = ['select 1', 'select 2'];
    const names = texts.map((text) => sent(here, text, 3).at(-1));
    assert.deepEqual(
      texts.map((text) => sent(there, text, 3).at(-1)),
      names,
    );
    assert.equal(new Set(names).size, 2);
  });

  for (const text of [
    'select * from editions where id = $1',
    'select "editions".* from "editions" where "id" = $1',
    'SELECT m.*, 1 FROM manifests AS m WHERE id = $1',
    'insert into "users" ("username") values ($1) returning *',
    'WITH a AS (DELETE FROM tasks WHERE id = $1 RETURNING  *) SELECT 1',
    'select distinct on (slug) * from editions where id = $1',
    'select id, * from editions where id = $1',
  ])
    it(`names no text whose columns a migration changes: ${text}`, () => {
      assert.equal(sent(statementNames(limits), text, 5).at(-1), undefined);
    });

  for (const text of [
    'select count(*) from editions where id = $1',
    'select 2 * id, (3) * id from editions where id = $1',
  ])
    it(`names a text that only looks like it: ${text}`, () => {
      assert.ok(sent(statementNames(limits), text, 3).at(-1) !== undefined);
    });

  it('names at most as many texts as a session may hold', () => {
    const nameOf = statementNames(limits);
    const names = ['select 1', 'select 2', 'select 3'].map(
      (text) => sent(nameOf, text, 9).at(-1) !== undefined,
    );
    assert.deepEqual(names, [true, true, false]);
    assert.ok(nameOf('select 1') !== undefined);
  });

  it('names no text with a list of changing length', () => {
    const nameOf = statementNames(limits);
    for (let length = 0; length < 900; length += 1)
      assert.equal(nameOf(`select ${'x'.repeat(length)}`), undefined);
    assert.ok(sent(nameOf, 'select 1', 3).at(-1) !== undefined);
  });

  it('names no text with a long list', () => {
    assert.equal(sent(statementNames(limits), `select ${'x'.repeat(1_000)}`, 5).at(-1), undefined);
  });
});
