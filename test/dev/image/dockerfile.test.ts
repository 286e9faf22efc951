import assert from 'node:assert/strict';
import { execForm, pairsOf, parseDockerfile } from '../../../dev/image/dockerfile.js';

describe('parseDockerfile', () => {
  it('splits it into stages, and joins what is continued', () => {
    const text = [
      '# a comment',
      'ARG BASE=debian:13-slim',
      '',
      'FROM ${BASE} AS build',
      'RUN one \\',
      '  # a comment in between',
      ' && two',
      'FROM debian',
      'COPY --from=build /a b/',
    ].join('\n');
    assert.deepEqual(parseDockerfile(text), {
      preamble: [{ keyword: 'ARG', rest: 'BASE=debian:13-slim' }],
      stages: [
        { name: 'build', from: '${BASE}', instructions: [{ keyword: 'RUN', rest: 'one && two' }] },
        { name: undefined, from: 'debian', instructions: [{ keyword: 'COPY', rest: '--from=build /a b/' }] },
      ],
    });
  });

  it('refuses what is no instruction', () => {
    assert.throws(() => parseDockerfile('FROM debian\nwhatever'), /Not an instruction: whatever/);
  });

  it('reads lists of words', () => {
    assert.deepEqual(execForm({ keyword: 'CMD', rest: '["a", "b c"]' }), ['a', 'b c']);
    assert.throws(() => execForm({ keyword: 'CMD', rest: '[1]' }), /CMD is not a list of words/);
  });

  it('reads pairs, with and without quotes', () => {
    const pairs = pairsOf({ keyword: 'LABEL', rest: 'a.b=1 c="two words" d=' });
    assert.deepEqual(Object.fromEntries(pairs), { 'a.b': '1', c: 'two words', d: '' });
  });
});
