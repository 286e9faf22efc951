import assert from 'node:assert/strict';
import { sameGitRefs } from '../../src/domain/git-refs.js';

describe('sameGitRefs', () => {
  const cases: readonly (readonly [readonly string[], readonly string[], boolean])[] = [
    [['main'], ['main'], true],
    [['a', 'b'], ['a', 'b'], true],
    [[], [], true],
    [['a', 'b'], ['b', 'a'], false],
    [['a'], ['a', 'b'], false],
    [['a', 'b'], ['a'], false],
    [['main'], ['Main'], false],
  ];
  for (const [one, other, expected] of cases) {
    it(`${expected ? 'treats' : 'does not treat'} ${JSON.stringify(one)} and ${JSON.stringify(other)} as equal`, () => {
      assert.equal(sameGitRefs(one, other), expected);
    });
  }
});
