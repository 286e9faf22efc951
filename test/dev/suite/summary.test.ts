import assert from 'node:assert/strict';
import type { FileReport } from '../../../dev/suite/file-report.js';
import { summary } from '../../../dev/suite/summary.js';

const report = (changed: Partial<FileReport>): FileReport => ({
  file: '/build/test/a.test.js',
  milliseconds: 0,
  passing: 0,
  pending: 0,
  failed: [],
  text: '',
  details: '',
  ...changed,
});
const print = (...reports: readonly FileReport[]): string => summary(reports, (file) => file.replace('/build/', ''));
/** The part after the longest files. */
const outcome = (...reports: readonly FileReport[]): string =>
  print(...reports).replace(/^The longest files:\n\n( .*\n)+\n/, '');

describe('the summary of the test suite', () => {
  it("adds up the files in the format of mocha's own summary", () => {
    const reports = [report({ passing: 12, pending: 2 }), report({ passing: 30 })];
    assert.equal(outcome(...reports), 'All tests:\n\n  42 passing\n  2 pending\n');
  });

  it('begins with the longest files', () => {
    const files = Array.from({ length: 20 }, (_, second) =>
      report({ file: `/build/test/${second}.test.js`, milliseconds: second * 1_000 }),
    );
    const lines = print(...files).split('\n');
    assert.deepEqual(lines.slice(0, 4), [
      'The longest files:',
      '',
      '  19 s  test/19.test.js',
      '  18 s  test/18.test.js',
    ]);
    assert.deepEqual(lines.slice(16, 19), ['  5 s  test/5.test.js', '', 'All tests:']);
  });

  it('ends with the names of failed tests and their files', () => {
    const failed = ['a thing works', 'a thing "before all" hook'];
    const printed = print(report({ passing: 1, failed }), report({ file: '/build/test/b.test.js', failed: ['b'] }));
    const end = [
      '  3 failing',
      '    test/a.test.js: a thing works',
      '    test/a.test.js: a thing "before all" hook',
      '    test/b.test.js: b',
      '',
    ];
    assert.ok(printed.endsWith(end.join('\n')), printed);
  });

  it('prints the errors of failed tests before their names', () => {
    const printed = outcome(report({ failed: ['a'], details: '  1) a:\n     Error: it broke\n' }));
    assert.match(printed, /^test\/a\.test\.js:\n {2}1\) a:\n {5}Error: it broke\n/);
  });

  it('names a failure of several lines by its first line', () => {
    assert.match(print(report({ failed: ['cannot be loaded\n    at x'] })), /: cannot be loaded\n$/);
  });
});
