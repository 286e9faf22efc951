import assert from 'node:assert/strict';
import { explainFailure, summarise } from '../../dev/chaos/report.js';
import { runChaos } from '../../dev/chaos/run-chaos.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { workflowBundle } from '../../scripts/workflow-bundle.js';

/**
 * Always the same faults; `make chaos` uses others. An even number, so that LTD Dasher is used; chosen for faults of
 * every kind that do not prolong the minute.
 */
const seed = 54_940;

/** In milliseconds. */
const duration = 60_000;

describe('a stack with random faults for a minute', function () {
  this.timeout(600_000);

  it('keeps every guarantee under random faults', async () => {
    await workflowBundle();
    const folder = await temporaryFolder('ltd-keeper-chaos');
    const said: string[] = [];
    const result = await runChaos({
      seed,
      duration,
      folder,
      report: (line) => said.push(line),
      signal: new AbortController().signal,
    });
    const { violations } = result;
    assert.deepEqual(violations, [], `${summarise(result)}\n${explainFailure(result)}\n${said.join('\n')}`);
  });
});
