import assert from 'node:assert/strict';
import type { FileReport } from '../../../dev/suite/file-report.js';
import { summary } from '../../../dev/suite/summary.js';

const report = (changed: Partial<FileReport>): FileReport => ({
  file: '/build/test/a.test.js',
  passing: 0,
  pending: 0,
  failed: [],
  text: '',
  details: '',
  ...changed,
});
const print = (...reports: readonly FileReport[]): string =>
  summary(reports, (file) => file.replace('/build/', ''));

describe('the summary of the test suite', () => {
  it('adds up the files, as mocha prints its own, so that whoever reads that can read it', () => {
    const reports = [report({ passing: 12, pending: 2 }), report({ passing: 30 })];
    assert.equal(print(...reports), 'All tests:\n\n  42 passing\n  2 pending\n');
  });

  it('ends with the names of those that failed and their files', () => {
    const failed = ['a thing works', 'a thing "before all" hook'];
    const printed = print(
      report({ passing: 1, failed }),
      report({ file: '/build/test/b.test.js', failed: ['b'] }),
    );
    const end = [
      '  3 failing',
      '    test/a.test.js: a thing works',
      '    test/a.test.js: a thing "before all" hook',
      '    test/b.test.js: b',
      '',
    ];
    assert.ok(printed.endsWith(end.join('\n')), printed);
  });

  it('says before that what went wrong in them', () => {
    const printed = print(report({ failed: ['a'], details: '  1) a:\n     Error: it broke\n' }));
    assert.match(printed, /^test\/a\.test\.js:\n {2}1\) a:\n {5}Error: it broke\n/);
  });

  it('names a failure of several lines by its first', () => {
    assert.match(print(report({ failed: ['cannot be loaded\n    at x'] })), /: cannot be loaded\n$/);
  });
});
