import assert from 'node:assert/strict';
import { checkSentences, countWords, sentencesOf } from '../../../dev/language/check-sentences.js';

const sentence = (words: number): string => `W${' word'.repeat(words - 1)}.`;

describe('sentencesOf', () => {
  const cases: readonly [text: string, sentences: readonly string[]][] = [
    ['One. Two! Three?', ['One.', 'Two!', 'Three?']],
    ['It takes 0.5 s. `make` ends.', ['It takes 0.5 s.', '`make` ends.']],
    ['See a.b.c (there). "So." Then.', ['See a.b.c (there).', '"So."', 'Then.']],
    ['Two\nlines, one sentence.', ['Two lines, one sentence.']],
  ];
  for (const [text, sentences] of cases)
    it(`divides ${JSON.stringify(text)} into ${sentences.length}`, () => {
      assert.deepEqual(sentencesOf(text), sentences);
    });
});

describe('countWords', () => {
  it('counts a piece of code as one word, and marks as none', () => {
    assert.equal(countWords('Run `make test NODE=24` - it ends.'), 4);
  });
});

describe('checkSentences', () => {
  const short = `${sentence(10)} `.repeat(9);
  const cases: readonly [name: string, page: string, problems: number][] = [
    ['accepts short sentences', short, 0],
    ['reports a sentence of 41 words', `${short}${sentence(41)}`, 1],
    ['accepts a sentence of 40 words among short ones', `${short}${sentence(40)}`, 0],
    ['reports a page whose average is 22 words', sentence(22), 1],
    ['reads list items', `- ${short}\n- ${sentence(41)}`, 1],
    ['reads quotations', `${short}\n\n> ${sentence(41)}`, 1],
    ['skips code', `${short}\n\n\`\`\`sh\n${sentence(50)}\n\`\`\``, 0],
    ['skips tables', `${short}\n\n| a |\n|---|\n| ${sentence(50)} |`, 0],
  ];
  for (const [name, page, problems] of cases)
    it(name, () => {
      assert.equal(checkSentences('a.md', page).length, problems);
    });

  it('names the line on which the sentence begins', () => {
    const [problem] = checkSentences('a.md', `# Title\n\n${short}\n\n${sentence(41).replace('W', 'Start of it')}`);
    assert.equal(problem?.line, 5);
  });
});
