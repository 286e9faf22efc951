import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '../../scripts/paths.js';
import { mismatches } from './match.js';
import { type Deviation, type DeviationStep, readDeviations } from './recording.js';
import { type Replay, startReplay } from './replay.js';

const { given, deviations } = await readDeviations();

describe('deliberate differences from LTD Keeper 1.23.0', () => {
  for (const deviation of deviations)
    if ('steps' in deviation)
      it(`differs from LTD Keeper 1.x: ${deviation.about}`, async () => {
        // Without a worker, so that requests stay pending.
        const replay = await startReplay({ worker: false });
        try {
          for (const step of [...given, ...deviation.steps]) await check(replay, step);
        } finally {
          await replay.close();
        }
      });

  it('matches the list in docs/moving-from-ltd-keeper.md', async () => {
    const page = await readFile(join(checkout, 'docs', 'moving-from-ltd-keeper.md'), 'utf8');
    const [, section = ''] = page.split('\n## What differs\n');
    const table = section.split('\n').filter((line) => line.startsWith('|'));
    assert.deepEqual(table, [...tableHead, ...deviations.map(row)]);
  });
});

const tableHead = ['| about | LTD Keeper 1.23.0 | here | why |', '|---|---|---|---|'];

function row({ about, keeper, here, why }: Deviation): string {
  return `| ${about} | ${keeper} | ${here} | ${why} |`;
}

async function check(replay: Replay, step: DeviationStep): Promise<void> {
  const answer = await replay.send(step);
  const base = replay.keeper.baseUrl;
  assert.deepEqual(mismatches(step.expect, answer, base), [], step.send);
  if (step.keeper !== undefined)
    assert.notDeepEqual(mismatches(step.keeper, answer, base), [], `${step.send} is answered as LTD Keeper 1.x does`);
}
