import assert from 'node:assert/strict';
import { checkRun } from '../../../dev/chaos/checks/check-run.js';
import type { Evidence } from '../../../dev/chaos/checks/violation.js';
import { explainFailure, summarise } from '../../../dev/chaos/report.js';
import type { ChaosResult } from '../../../dev/chaos/summary.js';
import { edition, evidence, request } from './checks/made-history.js';

function result(made: Evidence): ChaosResult {
  return { seed: 7, duration: 60_000, folder: '/somewhere', ...made, violations: checkRun(made) };
}

describe('the report of a chaos run', () => {
  it('counts faults, requests, reads and rebuilds, and gives the time until rest', () => {
    const fault = {
      kind: 'fault',
      at: 1_500,
      fault: 'kill a worker',
      phase: 'begins',
      detail: 'worker',
    } as const;
    const missed = { ...fault, phase: 'missed', detail: 'no such process' } as const;
    const events = [fault, missed, request({ status: 409, task: null })];
    const text = summarise(result(evidence({ events })));
    assert.match(text, /Seed 7, faults during 60 s; all is written to \/somewhere/);
    assert.match(text, /Faults: 1 applied \(kill a worker: 1\)/);
    assert.match(text, /Faults that met nothing: 1 \(kill a worker: 1\)/);
    assert.match(text, /Requests: 3, accepted 2 \(200: 2, 409: 1\)/);
    assert.match(text, /Reads: 2 \(200: 2\)/);
    assert.match(text, /Rebuilds: 2 \(published: 2\)/);
    assert.match(text, /Time from the last fault to rest: 10.0 s/);
    assert.match(text, /Violations: 0/);
  });

  it('lists a violation, the events before it in the order of time, and the command to run again', () => {
    const lines = explainFailure(result(evidence({ final: { editions: [edition({ dirty: true })] } }))).split('\n');
    assert.match(lines[0] ?? '', /^VIOLATION {2}all is at rest within a minute: edition 1 \(main\) is dirty$/);
    const events = lines.filter((line) => / s {2}/.test(line));
    assert.match(events[0] ?? '', /0\.000 s {2}announce alpha build 1 at 1: 200 after 100 ms, task task-1/);
    assert.match(events.at(-1) ?? '', /109\.000 s {2}=== at rest/);
    assert.equal(lines.at(-1), 'Run it again: make chaos SEED=7 DURATION=60');
  });
});
