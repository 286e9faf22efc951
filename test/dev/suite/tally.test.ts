import assert from 'node:assert/strict';
import { summary, tally } from '../../../dev/suite/tally.js';

const run = (...lines: string[]): string => ['', '  a thing', '    ✔ works', '', ...lines, ''].join('\n');

describe('the tally of several runs', () => {
  it('adds up their summaries', () => {
    const outputs = [run('  12 passing (3s)', '  1 failing'), run('  30 passing (1m)', '  2 pending')];
    assert.deepEqual(tally(outputs), { passing: 42, pending: 2, failing: 1 });
  });

  it('reads coloured ones', () => {
    const coloured = run('\u001b[92m \u001b[0m\u001b[32m 7 passing\u001b[0m\u001b[90m (1s)\u001b[0m');
    assert.equal(tally([coloured]).passing, 7);
  });

  it('counts nothing of a run that broke off, nor of what a test is called', () => {
    assert.deepEqual(tally(['    ✔ leaves 3 passing ships alone\n']), { passing: 0, pending: 0, failing: 0 });
  });

  it('is printed as mocha prints its own, so that whoever reads that can read it', () => {
    const printed = summary({ passing: 42, pending: 0, failing: 1 });
    assert.equal(printed, '  42 passing\n  1 failing\n');
    assert.deepEqual(tally([printed]), { passing: 42, pending: 0, failing: 1 });
  });
});
