import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FileReport } from '../../../dev/suite/file-report.js';
import { runSuite } from '../../../dev/suite/run-suite.js';
import { startRunner } from '../../../dev/suite/start-runner.js';
import { temporaryFolder } from '../../../dev/temporary-folder.js';

/** Test files, by name. */
const files = {
  'mixed.mjs': `describe('a thing', () => {
    it('works', () => undefined);
    it('is not there yet');
    it('breaks', () => { throw new Error('it broke'); });
    it('forgets a promise', (done) => { void Promise.reject(new Error('nobody waited')); setTimeout(done, 1_000); });
  });`,
  'hook.mjs': `describe('another', () => {
    before(() => { throw new Error('no server'); });
    it('never runs', () => undefined);
  });`,
  'broken.mjs': 'import "./nowhere.mjs";',
  'killed.mjs': `describe('the third', () => { it('goes too far', () => process.exit(3)); });`,
  'good.mjs': `describe('the fourth', () => { it('runs all the same', () => undefined); });`,
};

describe('a run of the test suite', () => {
  const reports = new Map<string, FileReport>();
  let onReport: readonly string[] = [];
  const reportOf = (name: keyof typeof files): FileReport => {
    const report = reports.get(name);
    assert.ok(report);
    return report;
  };

  before(async () => {
    const folder = await temporaryFolder('test-suite');
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const names: string[] = [];
    const all = await runSuite({
      files: Object.keys(files).map((name) => join(folder, name)),
      concurrency: 1,
      startRunner,
      onReport: ({ file }) => names.push(basename(file)),
    });
    for (const report of all) reports.set(basename(report.file), report);
    onReport = names;
  });

  it('reports test files as they end', () => {
    assert.deepEqual(onReport, Object.keys(files));
  });

  it('counts the tests and prints them', () => {
    const { passing, pending, text } = reportOf('mixed.mjs');
    assert.deepEqual({ passing, pending }, { passing: 1, pending: 1 });
    assert.match(text, /a thing\n {4}\S works\n {4}- is not there yet\n/);
  });

  it('names failed tests and their errors', () => {
    const { failed, details } = reportOf('mixed.mjs');
    assert.deepEqual(failed, ['a thing breaks', 'a thing forgets a promise']);
    assert.match(details, /a thing\n +breaks:\n +Error: it broke/);
    assert.match(details, /Error: nobody waited/);
  });

  it('names a hook that failed', () => {
    assert.deepEqual(reportOf('hook.mjs').failed, ['another "before all" hook for "never runs"']);
  });

  it('fails when a file cannot be loaded', () => {
    assert.match(reportOf('broken.mjs').failed[0] ?? '', /^The file cannot be loaded: .*nowhere\.mjs/);
  });

  it('fails when a process exits, and continues in another', () => {
    assert.deepEqual(reportOf('killed.mjs').failed, ['The process of the tests ended with 3']);
    assert.equal(reportOf('good.mjs').passing, 1);
  });
});
