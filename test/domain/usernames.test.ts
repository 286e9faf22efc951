import assert from 'node:assert/strict';
import { usernameProblem } from '../../src/domain/usernames.js';

describe('user names', () => {
  for (const name of ['ci', 'Jürgen 🐶', 'a@example.org', "o'neil", 'x'.repeat(255)])
    it(`can be ${name.slice(0, 20)}`, () => {
      assert.equal(usernameProblem(name), undefined);
    });

  const refused: readonly (readonly [what: string, name: string, problem: RegExp])[] = [
    ['nothing', '', /empty/],
    ['with a colon', 'a:b', /colon/],
    ['very long', 'x'.repeat(256), /255/],
    ['with a null character', 'a\0b', /control/],
    ['with a line break', 'a\nb', /control/],
    ['with half a surrogate pair', 'a\ud800', /control/],
    ['with a space before them', ' a', /white space/],
    ['with a space behind them', 'a ', /white space/],
  ];
  for (const [what, name, problem] of refused)
    it(`cannot be ${what}`, () => {
      assert.match(usernameProblem(name) ?? '', problem);
    });
});
