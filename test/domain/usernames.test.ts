import assert from 'node:assert/strict';
import { usernameProblem } from '../../src/domain/usernames.js';

describe('usernameProblem', () => {
  for (const name of ['ci', 'Jürgen 🐶', 'a@example.org', "o'neil", 'x'.repeat(255)])
    it(`accepts the user name ${name.slice(0, 20)}`, () => {
      assert.equal(usernameProblem(name), undefined);
    });

  const refused: readonly (readonly [what: string, name: string, problem: RegExp])[] = [
    ['no characters', '', /empty/],
    ['a colon', 'a:b', /colon/],
    ['256 characters', 'x'.repeat(256), /255/],
    ['a null character', 'a\0b', /control/],
    ['a line break', 'a\nb', /control/],
    ['half a surrogate pair', 'a\ud800', /control/],
    ['a leading space', ' a', /white space/],
    ['a trailing space', 'a ', /white space/],
  ];
  for (const [what, name, problem] of refused)
    it(`refuses a user name with ${what}`, () => {
      assert.match(usernameProblem(name) ?? '', problem);
    });
});
