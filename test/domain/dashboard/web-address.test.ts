import assert from 'node:assert/strict';
import { webAddress } from '../../../src/domain/dashboard/web-address.js';

describe('webAddress', () => {
  const cases: readonly (readonly [text: string, address: string | null])[] = [
    ['https://github.com/lsst/pipelines_lsst_io.git', 'https://github.com/lsst/pipelines_lsst_io.git'],
    ['http://example.org', 'http://example.org'],
    [' https://example.org/a?b#c ', 'https://example.org/a?b#c'],
    ['HTTPS://EXAMPLE.ORG', 'HTTPS://EXAMPLE.ORG'],
    ['javascript:alert(1)', null],
    ['java\nscript:alert(1)', null],
    ['data:text/html,hello', null],
    ['git@github.com:lsst/pipelines.git', null],
    ['https://', null],
    ['https://example.org/a b', null],
    ['//example.org', null],
    ['', null],
  ];
  for (const [text, address] of cases) {
    it(`${address === null ? 'refuses' : 'accepts'} ${JSON.stringify(text)} as a web address`, () => {
      assert.equal(webAddress(text), address);
    });
  }
});
