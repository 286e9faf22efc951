import assert from 'node:assert/strict';
import { checkTitles } from '../../../dev/language/check-titles.js';

describe('checkTitles', () => {
  const accepted = [
    "it('marks the edition dirty when another writer took the lease', () => {});",
    'it(`answers ${status} when the build is unknown`, () => {});',
    'it(`${name} (case ${number})`, () => {});',
    'it(name, () => {});',
    "describe('by hand', () => {});",
    "it.skip('keeps the newest build', () => {});",
  ];
  for (const source of accepted)
    it(`accepts ${source}`, () => {
      assert.deepEqual(checkTitles('a.test.ts', source), []);
    });

  const refused = [
    "it('is refused with the reason', () => {});",
    "it('By hand it works as well', () => {});",
    'it(`with ${count} objects it ends`, () => {});',
    "it('works', () => {});",
    "it.only('is not done', () => {});",
  ];
  for (const source of refused)
    it(`refuses ${source}`, () => {
      assert.equal(checkTitles('a.test.ts', `\n${source}`)[0]?.line, 2);
    });
});
