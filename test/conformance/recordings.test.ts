import assert from 'node:assert/strict';
import { mismatches } from './match.js';
import { type Deviation, readDeviations, readRecordings, type Recording, type Step } from './recording.js';
import { type Replay, startReplay } from './replay.js';

const recordings = await readRecordings();
const { deviations } = await readDeviations();

describe('the answers of LTD Keeper 1.23.0', () => {
  for (const [file, recorded] of recordings)
    describe(file, () => {
      for (const recording of recorded)
        it(`gives the same answers when ${recording.name}`, async () => {
          const replay = await startReplay({ worker: startsWork(recording) });
          try {
            for (const [index, step] of recording.steps.entries())
              await check(replay, step, deviationAt(recording, index));
          } finally {
            await replay.close();
          }
        });
    });

  it('has a recording for every test of LTD Keeper 1.x and for its client', () => {
    const own = [...recordings].flatMap(([file, recorded]) => (file === 'ltd-conveyor' ? [] : recorded));
    assert.equal(own.length, 38);
    assert.equal(recordings.get('ltd-conveyor')?.length, 1);
  });

  it('finds each step once that a deviation names', () => {
    const names = [...recordings.values()].flat().map(({ name }) => name);
    for (const deviation of deviations)
      if ('recording' in deviation)
        assert.equal(names.filter((name) => name === deviation.recording).length, 1, deviation.recording);
  });
});

/** Only recordings with an upload need a worker. */
function startsWork({ steps }: Recording): boolean {
  return steps.some(({ send, expect }) => send.startsWith('PATCH /builds/') && expect.status === 200);
}

function deviationAt(recording: Recording, index: number): Deviation | undefined {
  return deviations.find(
    (deviation) => 'recording' in deviation && deviation.recording === recording.name && deviation.step === index + 1,
  );
}

async function check(replay: Replay, step: Step, deviation: Deviation | undefined): Promise<void> {
  const answer = await replay.send(step);
  const base = replay.keeper.baseUrl;
  const recorded = mismatches(step.expect, answer, base);
  if (deviation === undefined || !('recording' in deviation)) {
    assert.deepEqual(recorded, [], step.send);
    return;
  }
  assert.notDeepEqual(recorded, [], `${step.send} is listed as a deviation, and is none`);
  assert.deepEqual(mismatches(deviation.expect, answer, base), [], step.send);
}
