import assert from 'node:assert/strict';
import { checkLineLengths, checkPhrases, parsePhrases } from '../../../dev/language/check-lines.js';

describe('checkLineLengths', () => {
  const longest = 'word '.repeat(24).trimEnd();
  const cases: readonly [name: string, line: string, problems: number][] = [
    ['passes a line of 119 columns', longest, 0],
    ['reports a line of more than 120 columns', `${longest} word`, 1],
    ['counts characters, not UTF-16 units', '🦀 '.repeat(59), 0],
    ['passes the row of a table', `| ${longest} | ${longest} |`, 0],
    ['passes a line that one long word fills', `see ${'x'.repeat(130)}`, 0],
  ];
  for (const [name, line, problems] of cases)
    it(name, () => {
      assert.equal(checkLineLengths('a.ts', `short\n${line}\nshort`).length, problems);
    });

  it('names the line and its length', () => {
    assert.deepEqual(checkLineLengths('a.ts', `short\n${longest} word`), [
      { file: 'a.ts', line: 2, message: 'The line has 124 columns; 120 are the limit.' },
    ]);
  });
});

describe('checkPhrases', () => {
  const phrases = parsePhrases("# a comment\n\nis nobody's\nlets go of\n");
  const cases: readonly [name: string, text: string, lines: readonly number[]][] = [
    ['finds a phrase in any case', "One.\nIt IS nobody's.", [2]],
    ['finds a phrase that a line break divides', '// it lets\n// go of the lock', [1]],
    ['finds a phrase that a star of a comment divides', '/**\n * it lets go\n * of the lock */', [2]],
    ['passes a phrase inside longer words', 'outlets go offline', []],
    ['passes plain words', 'The client claims a place; what it gets is a lease.', []],
  ];
  for (const [name, text, lines] of cases)
    it(name, () => {
      assert.deepEqual(
        checkPhrases('a.ts', text, phrases).map(({ line }) => line),
        lines,
      );
    });
});
